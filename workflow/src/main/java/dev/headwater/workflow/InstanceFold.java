package dev.headwater.workflow;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.Metadata;
import dev.headwater.store.StoredEvent;
import dev.headwater.workflow.spi.InstanceChange;
import dev.headwater.workflow.spi.StoredInstance;
import dev.headwater.workflow.spi.TimeLimit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What an instance becomes while the events of a page are taken. Used by one thread. */
final class InstanceFold {

    private final TableProcess process;
    private final Table<?> table;
    private final JsonMapper mapper;
    private final String id;
    /** What was taken up to here is not taken again. */
    private final long taken;

    /** Where it stands; null before it has begun. */
    private @Nullable String stage;

    private @Nullable Object data;
    private Metadata context = Metadata.NONE;
    private long timer;
    private boolean isTimed;
    private TimeLimit limit = new TimeLimit.Unchanged();
    private long position;
    private boolean isChanged;

    InstanceFold(TableProcess process, Table<?> table, String id, @Nullable StoredInstance stored, JsonMapper mapper) {
        this.process = process;
        this.table = table;
        this.id = id;
        this.mapper = mapper;
        if (stored == null) {
            taken = 0;
        } else {
            taken = stored.position();
            stage = requireKnown(stored.stage());
            data = read(stored.data());
            context = stored.context();
            timer = stored.timer();
            isTimed = stored.isTimed();
            position = stored.position();
        }
    }

    /** What became of an event: a closed choice. */
    sealed interface Outcome {

        /** It was taken, and this is sent. */
        record Taken(List<Command<?>> commands) implements Outcome {}

        /** It means nothing any more, as a time limit that the instance has left behind. */
        record Stale() implements Outcome {}

        /** Nobody took it. */
        record Unclaimed(UnclaimedEvent.Reason reason) implements Outcome {}
    }

    private String requireKnown(String stored) {
        if (!table.knows(stored)) {
            throw new UnreadableInstanceException(
                    process.name(), id, "it is in the stage " + stored + ", which the table does not have", null);
        }
        return stored;
    }

    private Object read(String json) {
        try {
            @Nullable Object value = mapper.readValue(json, table.dataType());
            if (value == null) {
                throw new UnreadableInstanceException(process.name(), id, "what it remembers is null", null);
            }
            return value;
        } catch (JacksonException e) {
            // Jackson's own message quotes the data.
            throw new UnreadableInstanceException(
                    process.name(),
                    id,
                    "what it remembers is not a " + table.dataType().getName(),
                    e.getCause());
        }
    }

    /** Whether an event was taken before, as one that comes again does that was read from an earlier position. */
    boolean hasTaken(StoredEvent event) {
        return event.position() <= taken;
    }

    Outcome take(StoredEvent stored, DomainEvent event) {
        var at = stage;
        var remembered = data;
        if (at == null || remembered == null) {
            var begun = table.begin(event);
            if (begun == null) {
                return new Outcome.Unclaimed(UnclaimedEvent.Reason.NO_INSTANCE);
            }
            context = contextOf(stored);
            return follow(begun, stored);
        }
        var step = table.take(at, remembered, event);
        if (step == null) {
            return new Outcome.Unclaimed(
                    table.isEnding(at) ? UnclaimedEvent.Reason.ENDED : UnclaimedEvent.Reason.BEGUN_BEFORE);
        }
        return follow(step, stored);
    }

    Outcome expire(StoredEvent stored, long number) {
        var at = stage;
        var remembered = data;
        if (at == null || remembered == null || !isTimed || number != timer) {
            return new Outcome.Stale();
        }
        var step = table.expire(at, remembered);
        if (step == null) {
            // The table has no limit here any more.
            isTimed = false;
            limit = new TimeLimit.None();
            isChanged = true;
            return new Outcome.Stale();
        }
        return follow(step, stored);
    }

    private Outcome follow(Table.Step step, StoredEvent event) {
        stage = step.stage();
        data = step.data();
        if (step.isEntered()) {
            enter(step, event.position());
        }
        position = event.position();
        isChanged = true;
        return new Outcome.Taken(step.commands());
    }

    /**
     * Begins the time of a stage. Its number is never below the position of the event, so that an instance whose row
     * was removed does not use a number again whose end stands in the log already.
     */
    private void enter(Table.Step step, long at) {
        var duration = table.limit(step.stage(), step.data());
        duration.filter(time -> time.isNegative()).ifPresent(time -> {
            throw new IllegalArgumentException("The time limit of " + step.stage() + " in the process '"
                    + process.name() + "' is " + time + ": expected zero or more");
        });
        isTimed = duration.isPresent();
        timer = isTimed ? Math.max(timer + 1, at) : timer;
        limit = duration.<TimeLimit>map(TimeLimit.In::new).orElseGet(TimeLimit.None::new);
    }

    /** What a command carries that is sent because of an event. */
    Metadata causedBy(StoredEvent event) {
        return Metadata.causedBy(event.encoded());
    }

    /** What a command carries that is sent because the time has ended: what began the instance is why. */
    Metadata becauseOfTime(StoredEvent ended) {
        return new Metadata(
                context.correlationId(),
                ended.id(),
                context.user(),
                context.tenant(),
                context.traceParent(),
                context.attributes());
    }

    private static Metadata contextOf(StoredEvent event) {
        var caused = Metadata.causedBy(event.encoded());
        return new Metadata(
                caused.correlationId(),
                null,
                caused.user(),
                caused.tenant(),
                caused.traceParent(),
                caused.attributes());
    }

    /** What is to be stored; nothing when it is as before. */
    Optional<InstanceChange> change() {
        var at = stage;
        var remembered = data;
        if (!isChanged || at == null || remembered == null) {
            return Optional.empty();
        }
        boolean ends = table.isEnding(at);
        return Optional.of(new InstanceChange(
                id,
                process.version(),
                ends ? ProcessState.COMPLETED : ProcessState.WAITING,
                at,
                mapper.writeValueAsString(remembered),
                context,
                timer,
                limit,
                ends ? "" : table.waitingFor(at),
                Optional.empty(),
                table.attributes(remembered),
                position));
    }
}
