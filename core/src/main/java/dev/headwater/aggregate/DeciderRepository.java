package dev.headwater.aggregate;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.store.Append;
import dev.headwater.store.DuplicateEventException;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Loads the state of aggregates written as a {@link Decider}, and executes commands on them.
 *
 * <p>A command is decided on the newest state and its events are appended only if no other writer was first; otherwise
 * it is decided again, a bounded number of times. A command in an {@link Envelope} is carried out once, however often
 * it is executed. Thread-safe.
 *
 * <pre>{@code
 * var orders = DeciderRepository.of(store, "order", OrderEvent.class, new OrderDecider());
 * orders.execute("4711", new PlaceOrder());
 * }</pre>
 *
 * @param <C> the commands
 * @param <S> the state
 * @param <E> the events
 */
public final class DeciderRepository<C, S, E extends DomainEvent> {

    private final Decider<C, S, E> decider;
    private final EventSourcing<S, E> mechanism;
    private final Outcomes outcomes;

    private DeciderRepository(Decider<C, S, E> decider, EventSourcing<S, E> mechanism) {
        this.decider = decider;
        this.mechanism = mechanism;
        this.outcomes = new Outcomes(mechanism.store());
    }

    /**
     * The state of an aggregate after its last event.
     *
     * @param state the state
     * @param version the version of its last event; 0 when it has none
     * @param <S> the state
     */
    public record Loaded<S>(S state, long version) {}

    /**
     * What a command led to.
     *
     * @param state the state afterwards
     * @param version the version of the last event; 0 when there is none
     * @param events the events that were appended; none when there was nothing to do
     * @param <S> the state
     * @param <E> the events
     */
    public record Decision<S, E>(S state, long version, List<E> events) {}

    /** A repository of the aggregates whose streams are {@code category-id}. */
    public static <C, S, E extends DomainEvent> DeciderRepository<C, S, E> of(
            EventStore store, String category, Class<E> eventType, Decider<C, S, E> decider) {
        var fold = new EventSourcing.Fold<>(decider::initial, decider::evolve);
        return new DeciderRepository<>(decider, EventSourcing.of(store, category, eventType, fold));
    }

    /** The same repository with snapshots. */
    public DeciderRepository<C, S, E> withSnapshots(Snapshots<S, ?> snapshots) {
        return new DeciderRepository<>(decider, mechanism.withSnapshots(snapshots));
    }

    /**
     * The same repository with another limit on how often a command is decided when other writers are first; 10 unless
     * set. Between two attempts it pauses, at random and longer each time, for 128 ms at most. Callers of this
     * repository who are overtaken on one stream go one after the other.
     */
    public DeciderRepository<C, S, E> withAttempts(int attempts) {
        return withRetries(mechanism.retries().withAttempts(attempts));
    }

    DeciderRepository<C, S, E> withRetries(Retries retries) {
        return new DeciderRepository<>(decider, mechanism.withRetries(retries));
    }

    /** The state of an aggregate: the initial one when it has no events. */
    public Loaded<S> load(String id) {
        var loaded = mechanism.load(mechanism.stream(id));
        return new Loaded<>(loaded.state(), loaded.version());
    }

    /**
     * Folds all events of an aggregate again, whatever snapshots there are, and tells of each before it is folded: to
     * find the one that cannot be.
     */
    public S replay(String id, Consumer<? super StoredEvent> before) {
        return mechanism.replay(mechanism.stream(id), before);
    }

    /** Executes a command with events that happen now; see {@link #execute(String, Object, UnaryOperator)}. */
    public Decision<S, E> execute(String id, C command) {
        return execute(id, command, UnaryOperator.identity());
    }

    /**
     * Executes a command on an aggregate and returns when its events are durable.
     *
     * @param prepare gives the events another time, id or metadata before they are appended
     * @throws dev.headwater.store.ConcurrencyException when other writers were first in every attempt
     * @throws dev.headwater.store.AppendOutcomeUnknownException when it could not be found out whether the events are
     *     stored; executing the command again could take effect twice, repeating
     *     {@linkplain dev.headwater.store.AppendOutcomeUnknownException#append() the append it carries} cannot
     */
    public Decision<S, E> execute(String id, C command, UnaryOperator<Envelope<E>> prepare) {
        return mechanism.retries().whileOvertaken(mechanism.stream(id), () -> executeOnce(id, command, prepare));
    }

    /**
     * Carries out a command once, however often and wherever it is executed, and returns when its outcome is durable.
     *
     * <p>Whether the command has an outcome is looked up by its id before it is decided; if so, that is the answer,
     * whatever the aggregate would say now. What the decider throws is a refusal, and as much an outcome as events are,
     * or that there was nothing to do: each is recorded. Only what nobody throws on purpose, such as a
     * {@link NullPointerException}, and what is one of Headwater's own exceptions, reaches the caller and leaves the
     * command without outcome.
     *
     * <p>The events have ids that are made of the command's, and the command as their cause. After any exception
     * executing the same envelope again is safe.
     *
     * @param command its id stands for the command for ever; it belongs to one aggregate
     * @throws dev.headwater.store.ConcurrencyException when other writers were first in every attempt
     * @throws dev.headwater.store.AppendOutcomeUnknownException when it could not be found out whether the outcome is
     *     stored
     * @throws IllegalStateException when the command has its outcome from another aggregate
     */
    public Execution execute(String id, Envelope<? extends C> command) {
        return mechanism.retries().whileOvertaken(mechanism.stream(id), () -> executeOnce(id, command));
    }

    /**
     * Refuses a command without deciding about it, such as one that comes too late. As with every outcome it keeps that
     * one, so a command that has an outcome already is not touched.
     *
     * @param kind what sort of a refusal
     * @param reason for people; kept in the log as it is
     * @return the outcome that it has
     */
    public Execution refuse(String id, Envelope<? extends C> command, String kind, String reason) {
        var stream = mechanism.stream(id);
        var original = outcomes.find(command.id(), stream);
        if (original.isPresent()) {
            return original.get();
        }
        var refused = outcomes.without(command, new CommandRecord.CommandRefused(stream.name(), kind, reason));
        try {
            outcomes.append(refused.part());
        } catch (DuplicateEventException e) {
            return outcomes.find(command.id(), stream).orElseThrow(() -> e);
        }
        return outcomes.find(command.id(), stream).orElseGet(refused::execution);
    }

    /** The outcome of a command that was executed on this aggregate; nothing when it has none. */
    public Optional<Execution> outcome(String id, UUID command) {
        return outcomes.find(command, mechanism.stream(id));
    }

    /**
     * Decides a command and appends nothing, so that its events can be appended together with others. Whether the
     * command has an {@linkplain #outcome outcome} already is not looked up.
     *
     * <p>What the decider throws is a refusal, as in {@link #execute(String, Envelope)}.
     */
    public Decided decide(String id, Envelope<? extends C> command) {
        var stream = mechanism.stream(id);
        return decideOn(mechanism.load(stream), stream, command);
    }

    /** The stream of an aggregate. */
    public StreamId stream(String id) {
        return mechanism.stream(id);
    }

    private Execution executeOnce(String id, Envelope<? extends C> command) {
        var stream = mechanism.stream(id);
        var original = outcomes.find(command.id(), stream);
        if (original.isPresent()) {
            return original.get();
        }
        var loaded = mechanism.load(stream);
        var decided = decideOn(loaded, stream, command);
        try {
            if (decided.hasEvents()) {
                return append(new Append(List.of(decided.part()), Optional.empty()), loaded);
            }
            outcomes.append(decided.part());
        } catch (DuplicateEventException e) {
            return outcomes.find(command.id(), stream).orElseThrow(() -> e);
        }
        // Somebody else may have recorded another outcome at the same time.
        return outcomes.find(command.id(), stream).orElseGet(decided::execution);
    }

    /** Somebody else may have appended other events under these ids, so no state is made of them here. */
    private Execution append(Append append, EventSourcing.Loaded<S> loaded) {
        var stream = append.parts().getFirst().stream();
        long version = mechanism.store().append(append).version(stream);
        mechanism.snapshotIfDue(append, progress(loaded, version));
        return new Execution.Accepted(stream, version);
    }

    private Decided decideOn(EventSourcing.Loaded<S> loaded, StreamId stream, Envelope<? extends C> command) {
        List<E> events;
        try {
            events = List.copyOf(decider.decide(command.message(), loaded.state()));
        } catch (RuntimeException e) {
            if (!Refusals.isRefusal(e)) {
                throw e;
            }
            return outcomes.without(command, Refusals.record(stream, e));
        }
        if (events.isEmpty()) {
            return outcomes.without(command, new CommandRecord.CommandHadNoEffect(stream.name(), loaded.version()));
        }
        var expected = ExpectedVersion.exactly(loaded.version());
        return new Decided(
                new Append.Part(stream, expected, mechanism.causedBy(command, events)),
                new Execution.Accepted(stream, loaded.version() + events.size()));
    }

    private Decision<S, E> executeOnce(String id, C command, UnaryOperator<Envelope<E>> prepare) {
        var stream = mechanism.stream(id);
        var loaded = mechanism.load(stream);
        var events = List.copyOf(decider.decide(command, loaded.state()));
        if (events.isEmpty()) {
            return new Decision<>(loaded.state(), loaded.version(), events);
        }
        return append(mechanism.prepare(stream, loaded.version(), events, prepare), loaded, events);
    }

    private Decision<S, E> append(Append append, EventSourcing.Loaded<S> loaded, List<E> events) {
        var stream = append.parts().getFirst().stream();
        long version = mechanism.store().append(append).version(stream);
        S state = loaded.state();
        for (E event : events) {
            state = decider.evolve(state, event);
        }
        mechanism.snapshotIfDue(append, state, progress(loaded, version));
        return new Decision<>(state, version, events);
    }

    private SnapshotPolicy.Progress progress(EventSourcing.Loaded<S> loaded, long version) {
        return new SnapshotPolicy.Progress(loaded.version(), version, loaded.replayedEvents(), loaded.replayTime());
    }
}
