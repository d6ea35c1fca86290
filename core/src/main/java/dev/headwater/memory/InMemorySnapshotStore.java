package dev.headwater.memory;

import dev.headwater.store.Snapshot;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.StreamId;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Snapshots in the memory of the process, for tests. Thread-safe. */
public final class InMemorySnapshotStore implements SnapshotStore {

    private static final Comparator<Snapshot> BY_VERSION =
            Comparator.comparingInt(Snapshot::stateVersion).thenComparingLong(Snapshot::version);

    private record Key(StreamId stream, String stateType) {}

    private final Map<Key, Snapshot> snapshots = new ConcurrentHashMap<>();

    /** Creates an empty store. */
    public InMemorySnapshotStore() {}

    @Override
    public Optional<Snapshot> load(StreamId stream, String stateType) {
        return Optional.ofNullable(snapshots.get(new Key(stream, stateType)));
    }

    @Override
    public void save(Snapshot snapshot) {
        snapshots.merge(
                new Key(snapshot.stream(), snapshot.stateType()),
                snapshot,
                (kept, given) -> BY_VERSION.compare(kept, given) > 0 ? kept : given);
    }

    @Override
    public int count(StreamId stream) {
        return (int) snapshots.keySet().stream()
                .filter(key -> key.stream().equals(stream))
                .count();
    }

    @Override
    public void delete(StreamId stream) {
        snapshots.keySet().removeIf(key -> key.stream().equals(stream));
    }
}
