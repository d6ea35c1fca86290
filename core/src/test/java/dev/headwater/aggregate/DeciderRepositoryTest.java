package dev.headwater.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.aggregate.Counter.CounterCommand;
import dev.headwater.aggregate.Counter.CounterDecider;
import dev.headwater.aggregate.Counter.CounterEvent;
import dev.headwater.aggregate.Counter.CounterState;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySnapshotStore;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.Snapshot;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.ForwardingEventStorage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeciderRepositoryTest {

    @MessageType("stranger")
    record Stranger() implements DomainEvent {}

    private final EventStorage storage = new InMemoryEventStorage();
    private final EventStore store = new EventStore(storage, MessageTypes.of(CounterEvent.class, Stranger.class));
    private final SnapshotStore snapshots = new InMemorySnapshotStore();
    private final DeciderRepository<CounterCommand, CounterState, CounterEvent> counters =
            DeciderRepository.of(store, "counter", CounterEvent.class, new CounterDecider());

    @Test
    void executesACommandAndFoldsItsEvents() {
        var decision = counters.execute("a", new CounterCommand.Increase(5, 2));

        assertThat(decision.state()).isEqualTo(new CounterState(10));
        assertThat(decision.version()).isEqualTo(2);
        assertThat(counters.load("a")).isEqualTo(new DeciderRepository.Loaded<>(new CounterState(10), 2));
    }

    @Test
    void appendsNothingWhenTheDecisionIsEmpty() {
        var decision = counters.execute("a", new CounterCommand.Reset());

        assertThat(decision.events()).isEmpty();
        assertThat(store.headPosition()).isZero();
    }

    @Test
    void passesARefusalToTheCallerAsItIs() {
        assertThatThrownBy(() -> counters.execute("a", new CounterCommand.Increase(-1, 1)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("only upwards");
    }

    @Test
    void givesEventsTheTimeOfTheCallersChoice() {
        var time = Instant.parse("2010-12-01T08:26:00Z");

        counters.execute("a", new CounterCommand.Increase(1, 1), envelope -> envelope.withTime(time));

        assertThat(store.readStream(StreamId.of("counter", "a"))
                        .findFirst()
                        .orElseThrow()
                        .time())
                .isEqualTo(time);
    }

    @Test
    void decidesAgainUntilEveryContenderHasItsTurn() {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                executor.execute(() -> counters.withAttempts(1000).execute("hot", new CounterCommand.Increase(1, 1)));
            }
        }
        assertThat(counters.load("hot")).isEqualTo(new DeciderRepository.Loaded<>(new CounterState(50), 50));
    }

    @Test
    void givesUpAfterTheLastAttempt() {
        var attempts = new AtomicInteger();
        var pauses = new ArrayList<Duration>();
        var overtaken = counters.withRetries(new Retries(10, new Random(1), pauses::add))
                .withAttempts(3);

        assertThatThrownBy(() -> overtaken.execute("a", new CounterCommand.Increase(1, 1), envelope -> {
                    attempts.incrementAndGet();
                    store.append(StreamId.of("counter", "a"), ExpectedVersion.any(), new CounterEvent.Increased(1));
                    return envelope;
                }))
                .isInstanceOf(ConcurrencyException.class);
        assertThat(attempts).hasValue(3);
        assertThat(pauses).hasSize(2);
    }

    @Test
    void refusesAStreamThatHoldsForeignEvents() {
        store.append(StreamId.of("counter", "a"), ExpectedVersion.any(), new Stranger());

        assertThatThrownBy(() -> counters.load("a"))
                .hasMessageContaining("counter-a")
                .hasMessageContaining("stranger");
    }

    @Test
    void refusesAnUnregisteredEventTypeAtOnce() {
        var empty = new EventStore(new InMemoryEventStorage(), MessageTypes.of(Stranger.class));

        assertThatThrownBy(() -> DeciderRepository.of(empty, "counter", CounterEvent.class, new CounterDecider()))
                .hasMessageContaining("not registered");
    }

    @Test
    void takesASnapshotWhenOneSaveCrossesAMultiple() {
        var repository = withSnapshots(1, SnapshotPolicy.every(100));

        repository.execute("a", new CounterCommand.Increase(1, 99));
        assertThat(latestSnapshot()).isEmpty();
        repository.execute("a", new CounterCommand.Increase(1, 7));

        assertThat(latestSnapshot()).hasValueSatisfying(snapshot -> {
            assertThat(snapshot.version()).isEqualTo(106);
            assertThat(snapshot.stateVersion()).isEqualTo(1);
        });
    }

    @Test
    void loadsFromTheSnapshotAndTheEventsAfterIt() {
        counters.execute("a", new CounterCommand.Increase(1, 3));
        snapshots.save(snapshot(1, 2, "{\"value\":1000}"));

        assertThat(withSnapshots(1, SnapshotPolicy.every(100)).load("a"))
                .isEqualTo(new DeciderRepository.Loaded<>(new CounterState(1001), 3));
    }

    @Test
    void loadsFromASnapshotOfTheLastEvent() {
        counters.execute("a", new CounterCommand.Increase(1, 3));
        snapshots.save(snapshot(1, 3, "{\"value\":1000}"));

        assertThat(withSnapshots(1, SnapshotPolicy.every(100)).load("a"))
                .isEqualTo(new DeciderRepository.Loaded<>(new CounterState(1000), 3));
    }

    @Test
    void ignoresAndRemovesASnapshotThatIsAheadOfItsStream() {
        counters.execute("a", new CounterCommand.Increase(1, 3));
        snapshots.save(snapshot(1, 4, UUID.randomUUID(), "{\"value\":1000}"));
        var repository = withSnapshots(1, SnapshotPolicy.every(1));

        assertThat(repository.load("a")).isEqualTo(new DeciderRepository.Loaded<>(new CounterState(3), 3));
        assertThat(latestSnapshot()).isEmpty();
    }

    @Test
    void ignoresASnapshotAfterAnotherEventThanTheOneInItsStream() {
        counters.execute("a", new CounterCommand.Increase(1, 3));
        snapshots.save(snapshot(1, 3, UUID.randomUUID(), "{\"value\":1000}"));
        var repository = withSnapshots(1, SnapshotPolicy.every(1));

        repository.execute("a", new CounterCommand.Increase(1, 1));

        assertThat(repository.load("a")).isEqualTo(new DeciderRepository.Loaded<>(new CounterState(4), 4));
        assertThat(latestSnapshot()).hasValueSatisfying(snapshot -> {
            assertThat(snapshot.version()).isEqualTo(4);
            assertThat(snapshot.lastEvent()).isEqualTo(idAt(4));
        });
    }

    @Test
    void ignoresASnapshotOfAnotherStateVersion() {
        counters.execute("a", new CounterCommand.Increase(1, 3));
        snapshots.save(snapshot(1, 2, "{\"value\":1000}"));

        assertThat(withSnapshots(2, SnapshotPolicy.every(100)).load("a").state())
                .isEqualTo(new CounterState(3));
    }

    @Test
    void replaysTheEventsWhenTheSnapshotCannotBeRead() {
        counters.execute("a", new CounterCommand.Increase(1, 3));
        snapshots.save(snapshot(1, 2, "{broken"));

        assertThat(withSnapshots(1, SnapshotPolicy.every(100)).load("a").state())
                .isEqualTo(new CounterState(3));
    }

    @Test
    void savesTheEventsEvenIfTheSnapshotCannotBeSaved() {
        var broken = new SnapshotStore() {
            @Override
            public Optional<Snapshot> load(StreamId stream, String stateType) {
                throw new IllegalStateException("no snapshots today");
            }

            @Override
            public void save(Snapshot snapshot) {
                throw new IllegalStateException("no snapshots today");
            }

            @Override
            public int count(StreamId stream) {
                throw new IllegalStateException("no snapshots today");
            }

            @Override
            public void delete(StreamId stream) {}
        };
        var repository = counters.withSnapshots(
                new Snapshots<>(broken, Memento.of("counter", 1, CounterState.class), SnapshotPolicy.every(1)));

        assertThat(repository.execute("a", new CounterCommand.Increase(4, 1)).version())
                .isEqualTo(1);
        assertThat(repository.load("a").state()).isEqualTo(new CounterState(4));
    }

    @Test
    void neitherReadsNorWritesSnapshotsWithinATransaction() {
        counters.execute("a", new CounterCommand.Increase(1, 3));
        snapshots.save(snapshot(1, 2, "{\"value\":1000}"));
        var transaction = new EventStore(
                new ForwardingEventStorage(storage) {
                    @Override
                    public boolean isProvisional() {
                        return true;
                    }
                },
                MessageTypes.of(CounterEvent.class));
        var inside = DeciderRepository.of(transaction, "counter", CounterEvent.class, new CounterDecider())
                .withSnapshots(new Snapshots<>(
                        snapshots, Memento.of("counter", 1, CounterState.class), SnapshotPolicy.every(1)));

        assertThat(inside.execute("a", new CounterCommand.Increase(1, 1)).state())
                .isEqualTo(new CounterState(4));
        assertThat(latestSnapshot())
                .hasValueSatisfying(snapshot -> assertThat(snapshot.version()).isEqualTo(2));
    }

    @Test
    void combinesPolicies() {
        var slow = new SnapshotPolicy.Progress(1, 2, 1, Duration.ofMillis(20));
        var everyTen = SnapshotPolicy.every(10);
        var whenSlow = SnapshotPolicy.whenReplayTakes(Duration.ofMillis(20));

        assertThat(everyTen.isDue(slow)).isFalse();
        assertThat(everyTen.or(whenSlow).isDue(slow)).isTrue();
        assertThat(everyTen.and(whenSlow).isDue(slow)).isFalse();
        assertThat(whenSlow.isDue(new SnapshotPolicy.Progress(1, 2, 1, Duration.ofMillis(19))))
                .isFalse();
    }

    private DeciderRepository<CounterCommand, CounterState, CounterEvent> withSnapshots(
            int stateVersion, SnapshotPolicy policy) {
        return counters.withSnapshots(
                new Snapshots<>(snapshots, Memento.of("counter", stateVersion, CounterState.class), policy));
    }

    private Optional<Snapshot> latestSnapshot() {
        return snapshots.load(StreamId.of("counter", "a"), "counter");
    }

    private UUID idAt(long version) {
        return store.readStream(StreamId.of("counter", "a"), version)
                .findFirst()
                .orElseThrow()
                .id();
    }

    private Snapshot snapshot(int stateVersion, long version, String json) {
        return snapshot(stateVersion, version, idAt(version), json);
    }

    private static Snapshot snapshot(int stateVersion, long version, UUID lastEvent, String json) {
        return new Snapshot(
                StreamId.of("counter", "a"),
                "counter",
                stateVersion,
                version,
                lastEvent,
                Instant.EPOCH,
                json.getBytes(StandardCharsets.UTF_8));
    }
}
