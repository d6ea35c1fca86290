package dev.headwater.workflow.code;

import dev.headwater.DomainEvent;
import dev.headwater.HeadwaterException;
import dev.headwater.MessageTypes;
import dev.headwater.UndecodableMessageException;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.workflow.WorkflowDefinition;
import dev.headwater.workflow.spi.StepReceipts;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Brings the events of the log to the instances that they belong to, in the order of the log for each. Thread-safe. */
public final class WorkflowReactor {

    /**
     * The end of a time in the log.
     *
     * @param process whose
     * @param id of which instance
     * @param timer of which number
     */
    public record TimeEnded(String process, String id, long timer) {}

    /** The most steps of a workflow that are at work at once. */
    private static final int SIMULTANEOUS_EFFECTS = 64;

    private final InstanceTurns turns;
    private final Surroundings surroundings;
    private final String timeEndedType;

    /** The instances that this process has found stuck. */
    private final Set<String> stuck = ConcurrentHashMap.newKeySet();

    private final Function<DomainEvent, TimeEnded> timeEnded;

    /**
     * The reactor of a workflow.
     *
     * @param versions of the workflow
     * @param store may append to reserved streams, and knows {@link JournalTypes#TYPES} and the record of the end of a
     *     time
     * @param receipts for steps in the database
     * @param timeEndedType the type of that record
     * @param timeEnded reads it
     * @param stepped what is up to chance in a test that steps by hand, on one thread
     */
    public static WorkflowReactor of(
            List<? extends WorkflowDefinition<?, ?>> versions,
            EventStore store,
            Aggregates aggregates,
            Optional<? extends StepReceipts<?>> receipts,
            String timeEndedType,
            Function<DomainEvent, TimeEnded> timeEnded,
            Optional<? extends RandomGenerator> stepped) {
        var mapper = store.serializer().mapper();
        var surroundings = new Surroundings(
                store,
                aggregates,
                stepped.<Hands>map(OneThread::new).orElseGet(() -> new VirtualThreads(SIMULTANEOUS_EFFECTS)),
                receipts.<Receipts>map(given -> Receipts.of(given, mapper)).orElseGet(Receipts::none));
        return new WorkflowReactor(new InstanceTurns(versions, surroundings), surroundings, timeEndedType, timeEnded);
    }

    /** What keeps a workflow from being run with these types. */
    public static List<String> problems(List<? extends WorkflowDefinition<?, ?>> versions, MessageTypes types) {
        return new Correlator(versions).problems(versions.getFirst().name(), types);
    }

    /** @param timeEnded reads the record of the end of a time, which has that type */
    WorkflowReactor(
            InstanceTurns turns,
            Surroundings surroundings,
            String timeEndedType,
            Function<DomainEvent, TimeEnded> timeEnded) {
        this.turns = turns;
        this.surroundings = surroundings;
        this.timeEndedType = timeEndedType;
        this.timeEnded = timeEnded;
    }

    /** The events that can mean something to an instance. */
    public EventQuery query() {
        var types = surroundings.store().serializer().types();
        var ours = new LinkedHashSet<String>(JournalTypes.TYPES.namesOf(Remarks.Wish.class));
        ours.addAll(JournalTypes.TYPES.namesOf(Entry.ChildEnded.class));
        ours.add(timeEndedType);
        var query = EventQuery.ofTypes(ours).withReserved();
        var started = new EventQuery.Criterion(
                JournalTypes.TYPES.namesOf(Entry.Started.class), Set.of(turns.category()), Set.of(), true);
        query = query.or(new EventQuery(List.of(started)));
        var taken = turns.correlator().types(types);
        return taken.isEmpty() ? query : query.or(EventQuery.ofTypes(taken));
    }

    /**
     * Whose event it is. One for which the definition's own function fails is a sequence of its own, and fails when it
     * is handled; should it come to its instance later than others, it is unclaimed there.
     *
     * @throws RuntimeException when the event cannot be read now
     */
    public String key(StoredEvent stored) {
        var event = message(stored);
        try {
            return id(stored, event).orElseGet(() -> nobody(stored));
        } catch (RuntimeException e) {
            if (e instanceof HeadwaterException own && own.isTransient()) {
                throw e;
            }
            return nobody(stored);
        }
    }

    private static String nobody(StoredEvent stored) {
        return "$" + stored.id();
    }

    private Optional<String> id(StoredEvent stored, DomainEvent event) {
        return switch (event) {
            case Entry.ChildEnded ended ->
                mine(ended.parent().workflow(), ended.parent().id());
            case Entry entry -> Optional.of(stored.stream().id());
            case Remarks.Wish wish -> mine(wish.workflow(), wish.id());
            default -> {
                if (!stored.type().equals(timeEndedType)) {
                    yield turns.correlator().id(event);
                }
                var ended = timeEnded.apply(event);
                yield mine(ended.process(), ended.id());
            }
        };
    }

    /** What belongs to the toolkit can be read by its store alone. */
    private DomainEvent message(StoredEvent stored) {
        return stored.type().startsWith("$")
                ? (DomainEvent) surroundings.store().serializer().decodeMessage(stored.encoded())
                : stored.event();
    }

    private Optional<String> mine(String workflow, String id) {
        return workflow.equals(turns.workflow()) ? Optional.of(id) : Optional.empty();
    }

    /** Handles one event; those of one key come one after the other. */
    public void react(StoredEvent stored) throws Exception {
        var id = id(stored, message(stored));
        if (id.isPresent()) {
            react(id.get(), stored);
        }
    }

    private void react(String id, StoredEvent stored) throws Exception {
        try {
            take(id, stored);
        } catch (WorkflowStuckException e) {
            stuck.add(id);
            remark(new Remarks.Stuck(turns.workflow(), id, String.valueOf(e.getMessage())));
            throw e;
        }
        if (stuck.remove(id)) {
            remark(new Remarks.Resumed(turns.workflow(), id));
        }
    }

    private void take(String id, StoredEvent stored) throws Exception {
        try {
            turns.take(id, offer(stored), stored);
        } catch (UndecodableMessageException e) {
            throw new WorkflowStuckException(
                    turns.workflow() + " " + id + " is stuck: " + e.getMessage()
                            + ". Its journal was written by a newer"
                            + " release, or damaged: run that release, or mend what is stored, and retry",
                    e);
        }
    }

    private void remark(Remarks remark) {
        new Calls(surroundings.store()).remark(remark);
    }

    private Offer offer(StoredEvent stored) {
        long position = stored.position();
        var event = message(stored);
        return switch (event) {
            case Entry.ChildEnded(var parent, var ending) ->
                new Offer.ChildEnd(position, parent, ending, stored.time());
            case Entry entry -> new Offer.Nothing();
            case Remarks.CancelRequested(var workflow, var id, var by, var reason) ->
                new Offer.Cancel(position, by, reason);
            case Remarks.SkipRequested(var workflow, var id, var compensation, var by, var reason) ->
                new Offer.Skip(position, compensation, by, reason);
            default ->
                stored.type().equals(timeEndedType)
                        ? new Offer.TimeEnded(position, timeEnded.apply(event).timer(), stored.time())
                        : new Offer.Event(stored, stored.type());
        };
    }
}
