package dev.headwater.aggregate;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.store.Append;
import dev.headwater.store.AppendOutcomeUnknownException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Loads and saves aggregates written as a class, an {@link EventSourcedAggregate}.
 *
 * <p>Saving appends the aggregate's new events only if no other writer was first. Thread-safe; the aggregates
 * themselves are not.
 *
 * @param <A> the aggregate
 * @param <E> its events
 */
public final class AggregateRepository<A extends EventSourcedAggregate<E>, E extends DomainEvent> {

    private final EventSourcing<A, E> mechanism;

    private AggregateRepository(EventSourcing<A, E> mechanism) {
        this.mechanism = mechanism;
    }

    /**
     * A repository of the aggregates whose streams are {@code category-id}; {@code create} makes one without events.
     */
    public static <A extends EventSourcedAggregate<E>, E extends DomainEvent> AggregateRepository<A, E> of(
            EventStore store, String category, Class<E> eventType, Supplier<A> create) {
        var fold = new EventSourcing.Fold<A, E>(create, (aggregate, event) -> {
            aggregate.when(event);
            return aggregate;
        });
        return new AggregateRepository<>(EventSourcing.of(store, category, eventType, fold));
    }

    /** The same repository with snapshots. */
    public AggregateRepository<A, E> withSnapshots(Snapshots<A, ?> snapshots) {
        return new AggregateRepository<>(mechanism.withSnapshots(snapshots));
    }

    /**
     * The same repository with another limit on how often {@link #update} tries when other writers are first; 10 unless
     * set. Between two attempts it pauses, at random and longer each time, for 128 ms at most. Callers of this
     * repository who are overtaken on one stream go one after the other.
     */
    public AggregateRepository<A, E> withAttempts(int attempts) {
        return withRetries(mechanism.retries().withAttempts(attempts));
    }

    AggregateRepository<A, E> withRetries(Retries retries) {
        return new AggregateRepository<>(mechanism.withRetries(retries));
    }

    /** The aggregate with this id, if it has events. */
    public Optional<A> find(String id) {
        var loaded = mechanism.load(mechanism.stream(id));
        if (loaded.version() == 0) {
            return Optional.empty();
        }
        var loading = new EventSourcedAggregate.Loading(loaded.replayedEvents(), loaded.replayTime());
        loaded.state().loaded(loaded.version(), loading);
        return Optional.of(loaded.state());
    }

    /**
     * The aggregate with this id.
     *
     * @throws AggregateNotFoundException when it has no events
     */
    public A load(String id) {
        return find(id).orElseThrow(() -> new AggregateNotFoundException(mechanism.stream(id)));
    }

    /**
     * Folds all events of an aggregate again, whatever snapshots there are, and tells of each before it is folded: to
     * find the one that cannot be.
     */
    public A replay(String id, Consumer<? super StoredEvent> before) {
        return mechanism.replay(mechanism.stream(id), before);
    }

    /** Saves an aggregate's new events, which happen now; see {@link #save(EventSourcedAggregate, UnaryOperator)}. */
    public Optional<AppendResult> save(A aggregate) {
        return save(aggregate, UnaryOperator.identity());
    }

    /**
     * Saves an aggregate's new events and returns when they are durable; none when there is nothing to save.
     *
     * <p>After an {@link AppendOutcomeUnknownException} saving the same aggregate again is safe: it repeats that very
     * append first.
     *
     * @param prepare gives the events another time, id or metadata before they are appended
     * @return the result of the last append
     * @throws dev.headwater.store.ConcurrencyException when another writer was first; load the aggregate again
     * @throws AppendOutcomeUnknownException when it could not be found out whether the events are stored
     */
    public Optional<AppendResult> save(A aggregate, UnaryOperator<Envelope<E>> prepare) {
        var unanswered = aggregate.unanswered();
        var answered = unanswered == null ? null : append(aggregate, unanswered);
        var events = aggregate.uncommittedEvents();
        if (events.isEmpty()) {
            return Optional.ofNullable(answered);
        }
        var stream = mechanism.stream(aggregate.id());
        return Optional.of(append(aggregate, mechanism.prepare(stream, aggregate.committedVersion(), events, prepare)));
    }

    /** Appends the first of an aggregate's new events, which may be all of them. */
    private AppendResult append(A aggregate, Append append) {
        long versionBefore = aggregate.committedVersion();
        AppendResult result;
        try {
            result = mechanism.store().append(append);
        } catch (AppendOutcomeUnknownException e) {
            aggregate.unanswered(append);
            throw e;
        }
        aggregate.committed(append.parts().getFirst().events().size());
        if (aggregate.uncommittedEvents().isEmpty()) {
            var loading = aggregate.loading();
            mechanism.snapshotIfDue(
                    append,
                    aggregate,
                    new SnapshotPolicy.Progress(
                            versionBefore, aggregate.version(), loading.replayedEvents(), loading.replayTime()));
        }
        return result;
    }

    /**
     * Loads an aggregate, changes it and saves it, again and again while another writer is first, a bounded number of
     * times.
     */
    public A update(String id, Consumer<A> change) {
        return update(id, change, UnaryOperator.identity());
    }

    /**
     * Loads an aggregate, changes it and saves it, again and again while another writer is first, a bounded number of
     * times.
     *
     * @param change may be called several times, each time with a freshly loaded aggregate, so it has no other effects
     * @param prepare gives the events another time, id or metadata before they are appended
     * @throws AggregateNotFoundException when there is no such aggregate
     * @throws dev.headwater.store.ConcurrencyException when other writers were first in every attempt
     * @throws AppendOutcomeUnknownException when it could not be found out whether the events are stored; updating
     *     again could take effect twice, repeating {@linkplain AppendOutcomeUnknownException#append() the append it
     *     carries} cannot
     */
    public A update(String id, Consumer<A> change, UnaryOperator<Envelope<E>> prepare) {
        return mechanism.retries().whileOvertaken(mechanism.stream(id), () -> {
            var aggregate = load(id);
            change.accept(aggregate);
            save(aggregate, prepare);
            return aggregate;
        });
    }
}
