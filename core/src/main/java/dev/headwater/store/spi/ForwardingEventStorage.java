package dev.headwater.store.spi;

import dev.headwater.store.AppendResult;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.Hints;
import dev.headwater.store.StreamId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * A log that does what another one does: extend it to observe or to disturb some of that. As thread-safe as the other.
 */
public class ForwardingEventStorage implements EventStorage {

    private final EventStorage storage;

    /** Forwards everything. */
    protected ForwardingEventStorage(EventStorage storage) {
        this.storage = storage;
    }

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
    public List<EncodedEvent> findEvents(Collection<UUID> ids) {
        return storage.findEvents(ids);
    }

    @Override
    public boolean isProvisional() {
        return storage.isProvisional();
    }

    @Override
    public long headPosition() {
        return storage.headPosition();
    }

    @Override
    public long positionBefore(Instant time) {
        return storage.positionBefore(time);
    }

    @Override
    public EncodedEvent restore(long position, byte[] record) {
        return storage.restore(position, record);
    }

    @Override
    public long streamVersion(StreamId stream) {
        return storage.streamVersion(stream);
    }

    @Override
    public Hints onAppend(Runnable hint) {
        return storage.onAppend(hint);
    }

    @Override
    public void close() {
        storage.close();
    }
}
