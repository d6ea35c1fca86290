package dev.headwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.memory.InMemorySnapshotStore;
import dev.headwater.store.Snapshot;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.StreamId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The suite for snapshot stores fails where it should, only there, and never looks away. */
class SnapshotStoreContractTest {

    @Test
    void neverSkipsATest() {
        var run = ContractRun.ofSnapshotStore(InMemorySnapshotStore::new);

        assertThat(run.succeeded()).hasSizeGreaterThan(10).isEqualTo(run.tests());
    }

    @Test
    void everyTestDemandsSomething() {
        var run = ContractRun.ofSnapshotStore(DoesNothing::new);

        assertThat(run.failed()).hasSizeGreaterThan(10).isEqualTo(run.tests());
    }

    @Test
    void findsAStoreThatKeepsWhateverComesLast() {
        requireFound(
                KeepsTheLast::new,
                Set.of("anOlderSnapshotNeverReplacesANewerOne", "aLowerStateVersionNeverReplacesAHigherOne"));
    }

    @Test
    void findsAStoreThatKeepsWhateverComesFirst() {
        requireFound(
                KeepsTheFirst::new,
                Set.of(
                        "aNewerSnapshotReplacesAnOlderOne",
                        "aHigherStateVersionReplacesALaterEventVersion",
                        "aSnapshotAfterAnotherEventAtTheSameVersionReplacesTheFormerOne"));
    }

    @Test
    void findsAStoreThatForgetsTheKindOfState() {
        requireFound(
                ForgetsTheKind::new,
                Set.of(
                        "kindsOfStateStandBesideEachOther",
                        "aSnapshotNamesItsLastEvent",
                        "theSnapshotsOfAStreamAreCounted"));
    }

    @Test
    void findsAStoreThatForgetsTheLastEvent() {
        requireFound(
                ForgetsTheLastEvent::new,
                Set.of("aSnapshotNamesItsLastEvent", "aSnapshotAfterAnotherEventAtTheSameVersionReplacesTheFormerOne"));
    }

    @Test
    void findsAStoreThatDeletesNothing() {
        requireFound(
                DeletesNothing::new,
                Set.of(
                        "deletingForgetsEveryKindOfStateOfOneStream",
                        "afterDeletingAnOlderSnapshotIsWelcome",
                        "theSnapshotsOfAStreamAreCounted"));
    }

    @Test
    void findsAStoreThatCountsTheSnapshotsOfEveryStream() {
        requireFound(CountsAll::new, Set.of("theSnapshotsOfAStreamAreCounted"));
    }

    /** Requires these failures, and no others but that of the race, which such a store may lose or win. */
    private static void requireFound(Supplier<SnapshotStore> bug, Set<String> failing) {
        var failed = ContractRun.ofSnapshotStore(bug).failed();
        failed.remove("ofConcurrentSavesTheNewestStays");
        assertThat(failed).containsExactlyInAnyOrderElementsOf(failing);
    }

    private static class Forwarding implements SnapshotStore {
        private final SnapshotStore correct = new InMemorySnapshotStore();

        @Override
        public Optional<Snapshot> load(StreamId stream, String stateType) {
            return correct.load(stream, stateType);
        }

        @Override
        public void save(Snapshot snapshot) {
            correct.save(snapshot);
        }

        @Override
        public int count(StreamId stream) {
            return correct.count(stream);
        }

        @Override
        public void delete(StreamId stream) {
            correct.delete(stream);
        }
    }

    private static final class DoesNothing implements SnapshotStore {
        @Override
        public Optional<Snapshot> load(StreamId stream, String stateType) {
            return Optional.empty();
        }

        @Override
        public void save(Snapshot snapshot) {}

        @Override
        public int count(StreamId stream) {
            return 0;
        }

        @Override
        public void delete(StreamId stream) {}
    }

    private static final class KeepsTheLast extends Forwarding {
        private final Map<String, Snapshot> last = new ConcurrentHashMap<>();

        @Override
        public Optional<Snapshot> load(StreamId stream, String stateType) {
            return Optional.ofNullable(last.get(stream + "/" + stateType));
        }

        @Override
        public void save(Snapshot snapshot) {
            last.put(snapshot.stream() + "/" + snapshot.stateType(), snapshot);
        }

        @Override
        public int count(StreamId stream) {
            return (int) last.keySet().stream()
                    .filter(key -> key.startsWith(stream + "/"))
                    .count();
        }

        @Override
        public void delete(StreamId stream) {
            last.keySet().removeIf(key -> key.startsWith(stream + "/"));
        }
    }

    private static final class KeepsTheFirst extends Forwarding {
        @Override
        public void save(Snapshot snapshot) {
            if (load(snapshot.stream(), snapshot.stateType()).isEmpty()) {
                super.save(snapshot);
            }
        }
    }

    private static final class ForgetsTheKind extends Forwarding {
        @Override
        public Optional<Snapshot> load(StreamId stream, String stateType) {
            return super.load(stream, "any").map(found -> withType(found, stateType));
        }

        @Override
        public void save(Snapshot snapshot) {
            super.save(withType(snapshot, "any"));
        }

        private static Snapshot withType(Snapshot snapshot, String stateType) {
            return new Snapshot(
                    snapshot.stream(),
                    stateType,
                    snapshot.stateVersion(),
                    snapshot.version(),
                    snapshot.lastEvent(),
                    snapshot.time(),
                    snapshot.state());
        }
    }

    private static final class ForgetsTheLastEvent extends Forwarding {
        @Override
        public Optional<Snapshot> load(StreamId stream, String stateType) {
            return super.load(stream, stateType)
                    .map(found -> new Snapshot(
                            stream,
                            stateType,
                            found.stateVersion(),
                            found.version(),
                            new UUID(1, 2),
                            found.time(),
                            found.state()));
        }
    }

    private static final class CountsAll extends Forwarding {
        @Override
        public int count(StreamId stream) {
            return super.count(new StreamId("order-1")) + super.count(new StreamId("order-2"));
        }
    }

    private static final class DeletesNothing extends Forwarding {
        @Override
        public void delete(StreamId stream) {}
    }
}
