package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.memory.InMemoryCheckpoints;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.Append;
import dev.headwater.store.AppendResult;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.Hints;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.Page;
import dev.headwater.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubscriptionsTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final SubscriptionSettings FAST =
            new SubscriptionSettings(Duration.ofMillis(5), Duration.ofMillis(1), Duration.ofMillis(2), 4);

    @MessageType("noted")
    record Noted(int number) implements DomainEvent {}

    @MessageType("other")
    record Other() implements DomainEvent {}

    private final InMemoryEventStorage storage = new InMemoryEventStorage();
    private final EventStore store = new EventStore(storage, MessageTypes.of(Noted.class, Other.class));
    private final List<Long> readModel = new CopyOnWriteArrayList<>();
    private final InMemoryCheckpoints<List<Long>> checkpoints = new InMemoryCheckpoints<>(readModel);
    private final Subscriptions<List<Long>> subscriptions = new Subscriptions<>(store, checkpoints, FAST);

    @AfterEach
    void stop() {
        subscriptions.close();
    }

    @Test
    void projectsEveryEventOnceInOrder() throws Exception {
        append(1200);

        var running = subscriptions.start(positions("all"));
        assertThat(running.awaitPosition(1200, LIMIT)).isTrue();
        append(300);
        assertThat(running.awaitPosition(1500, LIMIT)).isTrue();

        assertThat(readModel).isEqualTo(LongStream.rangeClosed(1, 1500).boxed().toList());
    }

    @Test
    void goesOnAtItsCheckpointAfterARestart() throws Exception {
        append(10);
        var first = subscriptions.start(positions("all"));
        assertThat(first.awaitPosition(10, LIMIT)).isTrue();
        first.close();
        append(5);

        var second = subscriptions.start(positions("all"));
        assertThat(second.awaitPosition(15, LIMIT)).isTrue();

        assertThat(readModel).isEqualTo(LongStream.rangeClosed(1, 15).boxed().toList());
    }

    @Test
    void handsOverOnlyTheEventsThatItWants() throws Exception {
        append(3);
        store.append(new StreamId("s"), ExpectedVersion.any(), new Other());
        append(3);

        var running = subscriptions.start(positions("others").to(EventQuery.ofTypes(Set.of("other"))));
        assertThat(running.awaitPosition(7, LIMIT)).isTrue();

        assertThat(readModel).containsExactly(4L);
    }

    @Test
    void beginsAReactorWithEventsAppendedAfterItsFirstStart() throws Exception {
        append(3);
        var seen = new CopyOnWriteArrayList<Long>();

        var running = subscriptions.start(Subscription.reactor("mail", event -> seen.add(event.position())));
        append(2);
        assertThat(running.awaitPosition(5, LIMIT)).isTrue();

        assertThat(seen).containsExactly(4L, 5L);
    }

    @Test
    void beginsWhereItIsTold() throws Exception {
        append(5);

        var running = subscriptions.start(positions("late").from(StartFrom.after(3)));
        assertThat(running.awaitPosition(5, LIMIT)).isTrue();

        assertThat(readModel).containsExactly(4L, 5L);
    }

    @Test
    void triesAFailedEventAgainAndSkipsNothing() throws Exception {
        append(3);
        var attempts = new AtomicInteger();
        var seen = new CopyOnWriteArrayList<Long>();

        var running = subscriptions.start(Subscription.<List<Long>>reactor("flaky", event -> {
                    if (event.position() == 2 && attempts.incrementAndGet() < 3) {
                        throw new IllegalStateException("not yet");
                    }
                    seen.add(event.position());
                })
                .from(StartFrom.beginning()));
        assertThat(running.awaitPosition(3, LIMIT)).isTrue();

        assertThat(seen).containsExactly(1L, 2L, 3L);
        assertThat(running.status().failures()).isZero();
        assertThat(running.status().lastError()).isEmpty();
    }

    @Test
    void stopsVisiblyAtAnEventThatKeepsFailing() throws Exception {
        append(3);
        var poison = new AssertionError("poison");

        var running = subscriptions.start(Subscription.<List<Long>>reactor("poisoned", event -> {
                    if (event.position() == 2) {
                        throw poison;
                    }
                })
                .from(StartFrom.beginning()));

        assertThat(running.awaitPosition(2, LIMIT)).isFalse();
        var status = running.status();
        assertThat(status.state()).isEqualTo(State.FAILED);
        assertThat(status.position()).isEqualTo(1);
        assertThat(status.lag()).isEqualTo(2);
        assertThat(status.failures()).isEqualTo(4);
        assertThat(status.lastError()).contains(poison);
    }

    @Test
    void startsAFailedSubscriptionAgainWhereItStopped() throws Exception {
        append(2);
        var broken = new AtomicReference<RuntimeException>(new IllegalStateException("down"));
        var definition = Subscription.<List<Long>>projection("retry", (events, model) -> {
            if (broken.get() != null) {
                throw broken.get();
            }
            events.forEach(event -> model.add(event.position()));
        });
        assertThat(subscriptions.start(definition).awaitPosition(2, LIMIT)).isFalse();
        broken.set(null);

        assertThat(subscriptions.start(definition).awaitPosition(2, LIMIT)).isTrue();

        assertThat(readModel).containsExactly(1L, 2L);
    }

    @Test
    void refusesTheSameNameTwiceAtATime() {
        subscriptions.start(positions("twin"));

        assertThatThrownBy(() -> subscriptions.start(positions("twin")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("twin");
    }

    @Test
    void goesOnFromWhereAnotherInstanceMovedTheCheckpoint() throws Exception {
        append(4);
        var running = subscriptions.start(positions("shared").from(StartFrom.after(4)));
        checkpoints.advance("shared", 4, 6, model -> model.add(-1L));
        append(3);

        assertThat(running.awaitPosition(7, LIMIT)).isTrue();

        assertThat(readModel).containsExactly(-1L, 7L);
    }

    @Test
    void goesOnWhenTheCheckpointThatAnotherInstanceMovedCannotBeReadAtFirst() throws Exception {
        append(3);
        var loads = new AtomicInteger();
        var unreliable = new CheckpointStorage<List<Long>>() {
            @Override
            public long loadOrStart(String subscription, long initialPosition) {
                if (loads.incrementAndGet() == 2) {
                    throw new StoreUnavailableException("The server is away", null);
                }
                return checkpoints.loadOrStart(subscription, initialPosition);
            }

            @Override
            public void advance(String subscription, long from, long to, Work<List<Long>> work) throws Exception {
                if (loads.get() == 1) {
                    checkpoints.advance(subscription, from, 1, model -> model.add(-1L));
                }
                checkpoints.advance(subscription, from, to, work);
            }
        };
        try (var others = new Subscriptions<>(store, unreliable, FAST)) {
            assertThat(others.start(positions("shared")).awaitPosition(3, LIMIT))
                    .isTrue();
        }

        assertThat(loads).hasValueGreaterThan(2);
        assertThat(readModel).containsExactly(-1L, 2L, 3L);
    }

    @Test
    void tellsWhoWaitsThatAnotherInstanceHasHandledThePosition() throws Exception {
        append(1);
        var alwaysFaster = new CheckpointStorage<List<Long>>() {
            @Override
            public long loadOrStart(String subscription, long initialPosition) {
                return checkpoints.loadOrStart(subscription, initialPosition);
            }

            @Override
            public void advance(String subscription, long from, long to, Work<List<Long>> work) throws Exception {
                append(1);
                checkpoints.advance(subscription, from, to, model -> {});
                throw new CheckpointConflictException(subscription, from, to);
            }
        };
        try (var others = new Subscriptions<>(store, alwaysFaster, FAST)) {
            long start = System.nanoTime();
            assertThat(others.start(positions("shared")).awaitPosition(3, LIMIT))
                    .isTrue();
            assertThat(System.nanoTime() - start).isLessThan(LIMIT.toNanos());
        }
    }

    @Test
    void findsEventsByPollingWhenEveryHintIsLost() throws Exception {
        var silent = new EventStore(new SilentStorage(storage), store.serializer());
        try (var polling = new Subscriptions<>(silent, checkpoints, FAST)) {
            var running = polling.start(positions("polling"));
            append(3);

            assertThat(running.awaitPosition(3, LIMIT)).isTrue();
        }
    }

    @Test
    void isWokenByAHintLongBeforeThePollInterval() throws Exception {
        var patient = new SubscriptionSettings(Duration.ofDays(1), Duration.ofMillis(1), Duration.ofMillis(2), 4);
        try (var hinted = new Subscriptions<>(store, checkpoints, patient)) {
            var running = hinted.start(positions("hinted"));
            append(1);
            assertThat(running.awaitPosition(1, LIMIT)).isTrue();
            append(1);
            assertThat(running.awaitPosition(2, LIMIT)).isTrue();
        }
    }

    @Test
    void finishesThePageAtHandWhenItIsClosed() throws Exception {
        append(1);
        var entered = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var running = subscriptions.start(Subscription.projection("slow", (events, model) -> {
            entered.countDown();
            release.await();
            model.add(events.getFirst().position());
        }));
        assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();

        var closer = Thread.ofVirtual().start(running::close);
        release.countDown();
        closer.join();

        assertThat(readModel).containsExactly(1L);
        assertThat(running.status().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void passesCorrelationAndCausationToWhatAReactorSends() throws Exception {
        var cause = Envelope.of(new Noted(1));
        var sent = new AtomicReference<Envelope<Noted>>();
        var running = subscriptions.start(
                Subscription.<List<Long>>reactor("chain", event -> sent.set(Envelope.of(new Noted(2))))
                        .from(StartFrom.beginning()));

        store.append(Append.to(new StreamId("s"), ExpectedVersion.any(), List.of(NewEvent.of(cause))));
        assertThat(running.awaitPosition(1, LIMIT)).isTrue();

        assertThat(sent.get().metadata().causationId()).isEqualTo(cause.id());
        assertThat(sent.get().correlationId()).isEqualTo(cause.id());
    }

    @Test
    void doublesThePauseBetweenRetriesUpToALimit() {
        var settings =
                new SubscriptionSettings(Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(1), 9);

        assertThat(List.of(
                        settings.retryPause(1), settings.retryPause(2), settings.retryPause(4), settings.retryPause(5)))
                .containsExactly(
                        Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(800), Duration.ofSeconds(1));
        assertThat(settings.retryPause(10_000)).isEqualTo(Duration.ofSeconds(1));
    }

    private static Subscription<List<Long>> positions(String name) {
        return Subscription.projection(
                name,
                (events, model) ->
                        model.addAll(events.stream().map(StoredEvent::position).toList()));
    }

    private void append(int count) {
        var events = new ArrayList<DomainEvent>();
        for (int i = 0; i < count; i++) {
            events.add(new Noted(i));
        }
        store.append(new StreamId("s"), ExpectedVersion.any(), events);
    }

    /** A storage that never gives a hint. */
    private record SilentStorage(EventStorage storage) implements EventStorage {
        @Override
        public AppendResult append(EncodedAppend append) {
            return storage.append(append);
        }

        @Override
        public Page readStream(StreamId stream, Direction direction, long beyond, int limit) {
            return storage.readStream(stream, direction, beyond, limit);
        }

        @Override
        public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
            return storage.readLog(query, direction, beyond, limit);
        }

        @Override
        public long headPosition() {
            return storage.headPosition();
        }

        @Override
        public long streamVersion(StreamId stream) {
            return storage.streamVersion(stream);
        }

        @Override
        public Hints onAppend(Runnable hint) {
            return () -> {};
        }

        @Override
        public void close() {}
    }
}
