package dev.headwater.aggregate;

import dev.headwater.HeadwaterException;
import dev.headwater.store.Snapshot;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.StreamId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * How an aggregate's snapshots are kept: where, in which shape, and when one is taken.
 *
 * <p>Snapshots only save time. One that cannot be read is reported in the log and the events are replayed instead; one
 * whose last event is not in the stream at its version is removed, and reported; one that cannot be written is reported
 * and the save stands. None is read or written with a store that is a part of a transaction. Thread-safe.
 *
 * @param store where they are kept
 * @param memento in which shape
 * @param policy when one is taken
 * @param <S> the state
 * @param <M> the memento
 */
public record Snapshots<S, M>(SnapshotStore store, Memento<S, M> memento, SnapshotPolicy policy) {

    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

    /** A state that a snapshot held, and the last event in it. */
    record Restored<S>(S state, long version, UUID lastEvent) {}

    Optional<Restored<S>> load(StreamId stream, JsonMapper mapper) {
        return readStored(stream).flatMap(snapshot -> restore(snapshot, mapper));
    }

    void save(StreamId stream, long version, UUID lastEvent, S state, JsonMapper mapper) {
        try {
            var json = mapper.writeValueAsBytes(memento.capture().apply(state));
            store.save(
                    new Snapshot(stream, memento.name(), memento.version(), version, lastEvent, Instant.now(), json));
        } catch (RuntimeException e) {
            LOG.warn(
                    "The snapshot of '{}' at version {} was not saved ({}); the events are, so only time is lost",
                    stream,
                    version,
                    reason(e));
        }
    }

    /** Removes the snapshots of a stream that does not hold the last event of one. */
    void discard(StreamId stream, Restored<S> restored) {
        LOG.warn(
                "The snapshot of '{}' is removed: its stream does not hold the event {} at version {};"
                        + " replaying its events instead",
                stream,
                restored.lastEvent(),
                restored.version());
        try {
            store.delete(stream);
        } catch (RuntimeException e) {
            LOG.warn("The snapshots of '{}' could not be removed", stream, e);
        }
    }

    private Optional<Snapshot> readStored(StreamId stream) {
        try {
            return store.load(stream, memento.name());
        } catch (RuntimeException e) {
            LOG.warn("No snapshot of '{}' could be loaded; replaying its events instead", stream, e);
            return Optional.empty();
        }
    }

    private Optional<Restored<S>> restore(Snapshot snapshot, JsonMapper mapper) {
        if (snapshot.stateVersion() != memento.version()) {
            LOG.debug(
                    "Ignoring the snapshot of '{}': its state has version {}, this code keeps version {}",
                    snapshot.stream(),
                    snapshot.stateVersion(),
                    memento.version());
            return Optional.empty();
        }
        try {
            var state = memento.restore().apply(mapper.readValue(snapshot.state(), memento.type()));
            return Optional.of(new Restored<>(state, snapshot.version(), snapshot.lastEvent()));
        } catch (RuntimeException e) {
            LOG.warn(
                    "The snapshot of '{}' at version {} cannot be restored ({}); replaying its events instead",
                    snapshot.stream(),
                    snapshot.version(),
                    reason(e));
        }
        return Optional.empty();
    }

    /** What may be logged: Jackson, and the code of an application, may quote the state in what they say. */
    private static String reason(RuntimeException e) {
        return e instanceof HeadwaterException ? e.toString() : e.getClass().getName();
    }
}
