package dev.headwater.aggregate;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.Metadata;
import dev.headwater.store.Append;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The one mechanism behind both styles of aggregate: a state is the fold of a stream's events, from a snapshot where
 * there is one; new events are appended under the version that the decision was based on.
 */
record EventSourcing<S, E extends DomainEvent>(
        EventStore store,
        String category,
        Class<E> eventType,
        Fold<S, E> fold,
        @Nullable Snapshots<S, ?> snapshots,
        Retries retries) {

    EventSourcing {
        store.serializer().types().namesOf(eventType);
    }

    /** How events become a state. */
    record Fold<S, E>(Supplier<S> initial, BiFunction<S, E, S> evolve) {}

    /** A state as it was loaded, and what loading it took. */
    record Loaded<S>(S state, long version, long replayedEvents, Duration replayTime) {}

    static <S, E extends DomainEvent> EventSourcing<S, E> of(
            EventStore store, String category, Class<E> eventType, Fold<S, E> fold) {
        return new EventSourcing<>(store, category, eventType, fold, null, Retries.byDefault());
    }

    EventSourcing<S, E> withSnapshots(Snapshots<S, ?> newSnapshots) {
        return new EventSourcing<>(store, category, eventType, fold, newSnapshots, retries);
    }

    EventSourcing<S, E> withRetries(Retries newRetries) {
        return new EventSourcing<>(store, category, eventType, fold, snapshots, newRetries);
    }

    StreamId stream(String id) {
        return StreamId.of(category, id);
    }

    Loaded<S> load(StreamId stream) {
        long start = System.nanoTime();
        var restored = usedSnapshots()
                .flatMap(used ->
                        used.load(stream, store.serializer().mapper()).flatMap(found -> goOn(stream, used, found)));
        var folded = restored.orElseGet(() -> fold(stream, fold.initial().get(), 1, event -> {}));
        return new Loaded<>(
                folded.state(), folded.version(), folded.events(), Duration.ofNanos(System.nanoTime() - start));
    }

    /** Folds a stream from its beginning, whatever snapshots there are, and tells of each event before it is folded. */
    S replay(StreamId stream, Consumer<? super StoredEvent> before) {
        return fold(stream, fold.initial().get(), 1, before).state();
    }

    /** None within a transaction: what is not committed stays out of them, and reading them takes a connection more. */
    private Optional<Snapshots<S, ?>> usedSnapshots() {
        return store.isProvisional() ? Optional.empty() : Optional.ofNullable(snapshots);
    }

    /**
     * A state after the events up to a version.
     *
     * @param events how many were folded
     */
    private record Folded<S>(S state, long version, long events) {}

    private Folded<S> fold(StreamId stream, S begin, long from, Consumer<? super StoredEvent> before) {
        try (var stored = store.readStreamAsStored(stream, from)) {
            return fold(stored.iterator(), begin, from - 1, before);
        }
    }

    /** The events after a snapshot folded into its state; empty when the stream does not hold its last event. */
    private Optional<Folded<S>> goOn(StreamId stream, Snapshots<S, ?> used, Snapshots.Restored<S> restored) {
        try (var stored = store.readStreamAsStored(stream, restored.version())) {
            var events = stored.iterator();
            if (events.hasNext() && events.next().encoded().id().equals(restored.lastEvent())) {
                return Optional.of(fold(events, restored.state(), restored.version(), event -> {}));
            }
        }
        used.discard(stream, restored);
        return Optional.empty();
    }

    private Folded<S> fold(Iterator<StoredEvent> events, S begin, long after, Consumer<? super StoredEvent> before) {
        S state = begin;
        long version = after;
        while (events.hasNext()) {
            var stored = events.next();
            for (var event : stored.current()) {
                before.accept(event);
                state = fold.evolve().apply(state, eventOf(event));
            }
            version = stored.version();
        }
        return new Folded<>(state, version, version - after);
    }

    /** The events of a command, with ids that are made of its own, in its conversation. */
    List<NewEvent> causedBy(Envelope<?> command, List<E> events) {
        var prepared = new ArrayList<NewEvent>(events.size());
        for (var event : events) {
            prepared.add(NewEvent.of(store.envelope(event)
                    .withId(Outcomes.eventId(command.id(), prepared.size()))
                    .withMetadata(Metadata.causedBy(command))));
        }
        return prepared;
    }

    Append prepare(StreamId stream, long expectedVersion, List<E> events, UnaryOperator<Envelope<E>> prepare) {
        var prepared = events.stream()
                .map(event -> NewEvent.of(prepare.apply(store.envelope(event))))
                .toList();
        return Append.to(stream, ExpectedVersion.exactly(expectedVersion), prepared);
    }

    /** Takes a snapshot of the state after an append to its stream, if it is time for one. */
    void snapshotIfDue(Append append, S state, SnapshotPolicy.Progress progress) {
        usedSnapshots().filter(used -> used.policy().isDue(progress)).ifPresent(used -> {
            var part = append.parts().getFirst();
            var lastEvent = part.events().getLast().envelope().id();
            used.save(
                    part.stream(),
                    progress.versionAfter(),
                    lastEvent,
                    state,
                    store.serializer().mapper());
        });
    }

    /**
     * Takes a snapshot of what an append has left in its stream, if it is time for one and nobody went on meanwhile.
     */
    void snapshotIfDue(Append append, SnapshotPolicy.Progress progress) {
        if (usedSnapshots().filter(used -> used.policy().isDue(progress)).isPresent()) {
            var loaded = load(append.parts().getFirst().stream());
            if (loaded.version() == progress.versionAfter()) {
                snapshotIfDue(append, loaded.state(), progress);
            }
        }
    }

    private E eventOf(StoredEvent stored) {
        var event = stored.event();
        if (!eventType.isInstance(event)) {
            throw new IllegalStateException("The stream '" + stored.stream() + "' holds at version " + stored.version()
                    + " an event of type '" + stored.type() + "', which is no " + eventType.getName()
                    + ": streams of the category '" + category + "' belong to one kind of aggregate");
        }
        return eventType.cast(event);
    }
}
