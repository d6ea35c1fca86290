package dev.headwater.testkit;

import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.AppendResult;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.Hints;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.Page;
import java.time.Instant;

/** A correct storage, to be spoiled in one method. */
class ForwardingStorage implements EventStorage {

    final EventStorage correct = new InMemoryEventStorage();

    @Override
    public AppendResult append(EncodedAppend append) {
        return correct.append(append);
    }

    @Override
    public Page readStream(StreamId stream, Direction direction, long beyond, int limit) {
        return correct.readStream(stream, direction, beyond, limit);
    }

    @Override
    public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
        return correct.readLog(query, direction, beyond, limit);
    }

    @Override
    public long headPosition() {
        return correct.headPosition();
    }

    @Override
    public long positionBefore(Instant time) {
        return correct.positionBefore(time);
    }

    @Override
    public long streamVersion(StreamId stream) {
        return correct.streamVersion(stream);
    }

    @Override
    public Hints onAppend(Runnable hint) {
        return correct.onAppend(hint);
    }

    @Override
    public void close() {
        correct.close();
    }
}
