package dev.headwater.aggregate;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Loads the state of aggregates written as a {@link Decider}, and executes commands on them.
 *
 * <p>A command is decided on the newest state and its events are appended only if no other writer was first; otherwise
 * it is decided again, a bounded number of times. Thread-safe.
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

    private DeciderRepository(Decider<C, S, E> decider, EventSourcing<S, E> mechanism) {
        this.decider = decider;
        this.mechanism = mechanism;
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
     * set. Between two attempts it pauses, at random and longer each time, for 128 ms at most.
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
        return mechanism.retries().whileOvertaken(() -> executeOnce(id, command, prepare));
    }

    private Decision<S, E> executeOnce(String id, C command, UnaryOperator<Envelope<E>> prepare) {
        var stream = mechanism.stream(id);
        var loaded = mechanism.load(stream);
        var events = List.copyOf(decider.decide(command, loaded.state()));
        if (events.isEmpty()) {
            return new Decision<>(loaded.state(), loaded.version(), events);
        }
        var append = mechanism.prepare(stream, loaded.version(), events, prepare);
        long version = mechanism.store().append(append).version(stream);
        S state = loaded.state();
        for (E event : events) {
            state = decider.evolve(state, event);
        }
        mechanism.snapshotIfDue(
                append,
                state,
                new SnapshotPolicy.Progress(loaded.version(), version, loaded.replayedEvents(), loaded.replayTime()));
        return new Decision<>(state, version, events);
    }
}
