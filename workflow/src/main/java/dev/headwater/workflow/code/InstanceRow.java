package dev.headwater.workflow.code;

import dev.headwater.Metadata;
import dev.headwater.store.StoredEvent;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.spi.InstanceChange;
import dev.headwater.workflow.spi.StoredInstance;
import dev.headwater.workflow.spi.TimeLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The row of an instance, as its journal makes it. What waits for time has the moment of its entry as a reference for
 * the others of the same instance; the one that ends first is a due time on the storage's own clock.
 */
final class InstanceRow {

    /** What is remembered between pages. */
    record Data(boolean undoes, Optional<String> stuck, Map<String, Wait> waits, Map<String, String> attributes) {}

    /** A call that waits. */
    record Wait(String words, Optional<String> problem, Optional<Timer> timer) {}

    /** A timer that runs. */
    record Timer(long number, Instant end) {}

    private final String id;
    private final boolean hadTimer;
    private final long formerTimer;
    private final Map<String, Wait> waits = new TreeMap<>();
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private int newVersion;
    private boolean undoes;
    private Optional<String> stuck = Optional.empty();
    private Optional<Entry.How> ended = Optional.empty();
    private Metadata context = Metadata.NONE;
    private boolean hasBegun;
    private boolean isChanged;
    private long position;
    private Instant now = Instant.EPOCH;

    private InstanceRow(String id, int version, boolean hadTimer, long formerTimer) {
        this.id = id;
        this.newVersion = version;
        this.hadTimer = hadTimer;
        this.formerTimer = formerTimer;
    }

    static InstanceRow of(String id, @Nullable StoredInstance stored, JsonMapper mapper) {
        if (stored == null) {
            return new InstanceRow(id, 0, false, 0);
        }
        var row = new InstanceRow(id, stored.version(), stored.isTimed(), stored.timer());
        var data = mapper.readValue(stored.data(), Data.class);
        row.waits.putAll(data.waits());
        row.attributes.putAll(data.attributes());
        row.undoes = data.undoes();
        row.stuck = data.stuck();
        row.context = stored.context();
        row.hasBegun = true;
        row.position = stored.position();
        row.ended = switch (stored.state()) {
            case COMPLETED -> Optional.of(Entry.How.COMPLETED);
            case FAILED -> Optional.of(Entry.How.FAILED);
            case CANCELLED -> Optional.of(Entry.How.CANCELLED);
            default -> Optional.empty();
        };
        return row;
    }

    boolean hasBegun() {
        return hasBegun;
    }

    String id() {
        return id;
    }

    void stuck(Optional<String> problem) {
        isChanged |= hasBegun && !stuck.equals(problem);
        stuck = problem;
    }

    void apply(Entry entry, StoredEvent stored) {
        if (stored.position() <= position) {
            return;
        }
        position = stored.position();
        now = stored.time();
        stuck = Optional.empty();
        isChanged |= !(entry instanceof Entry.Unclaimed);
        switch (entry) {
            case Entry.Started started -> {
                hasBegun = true;
                newVersion = started.version();
                context = Metadata.causedBy(stored.encoded());
            }
            case Entry.Continued continued -> {
                newVersion = continued.version();
                waits.clear();
            }
            case Entry.Awaiting awaiting ->
                waits.put(
                        awaiting.place().toString(),
                        new Wait(
                                words(awaiting),
                                Optional.empty(),
                                awaiting.timer().isPresent()
                                        ? Optional.of(new Timer(
                                                awaiting.timer().getAsLong(),
                                                now.plus(awaiting.atMost().orElseThrow())))
                                        : Optional.empty()));
            case Entry.AttemptFailed failed ->
                waits.put(
                        failed.place().toString(),
                        new Wait(
                                "another attempt of " + failed.name(),
                                Optional.of(failed.failure().kind() + ": "
                                        + failed.failure().reason()),
                                Optional.of(new Timer(failed.timer(), now.plus(failed.pause())))));
            case Entry.ChildStarted child ->
                waits.put(
                        child.place().toString(),
                        new Wait(
                                "the end of " + child.workflow() + " " + child.id(),
                                Optional.empty(),
                                Optional.empty()));
            case Entry.Chose chose -> waits.keySet().removeIf(place -> isWithin(chose.place(), place));
            case Entry.Answer answer -> waits.remove(answer.place().toString());
            case Entry.Shown shown -> attributes.putAll(shown.attributes());
            case Entry.Failing failing -> undo();
            case Entry.Cancelling cancelling -> undo();
            case Entry.Ended how -> {
                ended = Optional.of(how.how());
                waits.clear();
            }
            case Entry.Skipped skipped -> waits.remove("~" + skipped.compensation() + "/0");
            case Entry.Kept kept -> {}
            case Entry.Versioned versioned -> {}
            case Entry.Compensated compensated -> {}
            case Entry.Unclaimed unclaimed -> {}
            case Entry.ChildEnded told -> {}
        }
    }

    /** The timers before other attempts. */
    List<Long> pauses() {
        return waits.values().stream()
                .filter(wait -> wait.problem().isPresent())
                .flatMap(wait -> wait.timer().stream())
                .map(Timer::number)
                .toList();
    }

    private void undo() {
        undoes = true;
        waits.clear();
    }

    private static boolean isWithin(Place fork, String place) {
        return place.startsWith(fork.lane() + "." + fork.number() + ".");
    }

    private static String words(Entry.Awaiting awaiting) {
        return awaiting.types().isEmpty()
                ? "time to pass"
                : awaiting.types().stream().collect(Collectors.joining(" or "));
    }

    /** What is to be written; nothing when nothing has changed. */
    Optional<InstanceChange> change(JsonMapper mapper) {
        if (!isChanged || !hasBegun) {
            return Optional.empty();
        }
        var next =
                waits.values().stream().flatMap(wait -> wait.timer().stream()).min(Comparator.comparing(Timer::end));
        var problem = stuck.or(() ->
                waits.values().stream().flatMap(wait -> wait.problem().stream()).findFirst());
        return Optional.of(new InstanceChange(
                id,
                newVersion,
                state(),
                "",
                mapper.writeValueAsString(new Data(undoes, stuck, waits, attributes)),
                context,
                next.map(Timer::number).orElse(formerTimer),
                limit(next),
                waits.values().stream().map(Wait::words).distinct().collect(Collectors.joining(" and ")),
                problem,
                attributes,
                position));
    }

    private TimeLimit limit(Optional<Timer> next) {
        if (next.isEmpty()) {
            return new TimeLimit.None();
        }
        if (hadTimer && next.get().number() == formerTimer) {
            return new TimeLimit.Unchanged();
        }
        var left = Duration.between(now, next.get().end());
        return new TimeLimit.In(left.isNegative() ? Duration.ZERO : left);
    }

    private ProcessState state() {
        if (ended.isPresent()) {
            return switch (ended.get()) {
                case COMPLETED -> ProcessState.COMPLETED;
                case FAILED -> ProcessState.FAILED;
                case CANCELLED -> ProcessState.CANCELLED;
            };
        }
        if (stuck.isPresent()) {
            return ProcessState.STUCK;
        }
        if (undoes) {
            return ProcessState.COMPENSATING;
        }
        if (waits.isEmpty()) {
            return ProcessState.RUNNING;
        }
        return waits.values().stream().anyMatch(wait -> wait.problem().isPresent())
                ? ProcessState.RETRYING
                : ProcessState.WAITING;
    }
}
