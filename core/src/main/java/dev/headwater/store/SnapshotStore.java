package dev.headwater.store;

import java.util.Optional;

/** Keeps the latest snapshot for every stream and kind of state. Implementations are thread-safe. */
public interface SnapshotStore {

    /** The latest snapshot of a stream's state of one kind, whatever its state version. */
    Optional<Snapshot> load(StreamId stream, String stateType);

    /**
     * Keeps a snapshot in place of an older one, or of one of the same versions; one of a lower state version, or of an
     * earlier event version under the same state version, never replaces a newer one.
     */
    void save(Snapshot snapshot);

    /** How many snapshots of a stream are kept, one for each kind of state. */
    int count(StreamId stream);

    /** Forgets every snapshot of a stream. */
    void delete(StreamId stream);
}
