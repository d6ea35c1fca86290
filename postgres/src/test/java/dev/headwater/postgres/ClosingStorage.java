package dev.headwater.postgres;

import dev.headwater.store.AppendResult;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.Hints;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.Page;
import java.time.Instant;

/** A storage that closes its database too, as the contract suites expect to close one thing. */
class ClosingStorage implements EventStorage {

    private final PostgresDatabase database;
    private final String schema;

    ClosingStorage(PostgresDatabase database, String schema) {
        this.database = database;
        this.schema = schema;
    }

    String schema() {
        return schema;
    }

    @Override
    public AppendResult append(EncodedAppend append) {
        return database.eventStorage().append(append);
    }

    @Override
    public Page readStream(StreamId stream, Direction direction, long beyond, int limit) {
        return database.eventStorage().readStream(stream, direction, beyond, limit);
    }

    @Override
    public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
        return database.eventStorage().readLog(query, direction, beyond, limit);
    }

    @Override
    public long headPosition() {
        return database.eventStorage().headPosition();
    }

    @Override
    public long positionBefore(Instant time) {
        return database.eventStorage().positionBefore(time);
    }

    @Override
    public long streamVersion(StreamId stream) {
        return database.eventStorage().streamVersion(stream);
    }

    @Override
    public Hints onAppend(Runnable hint) {
        return database.eventStorage().onAppend(hint);
    }

    @Override
    public void close() {
        database.close();
    }
}
