package dev.headwater.postgres;

import dev.headwater.postgres.append.LockHolder;
import dev.headwater.postgres.append.TransactionAppends;
import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.postgres.jdbc.Storable;
import dev.headwater.postgres.read.EventsById;
import dev.headwater.postgres.read.LogReader;
import dev.headwater.postgres.read.StreamReader;
import dev.headwater.store.AppendResult;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.Hints;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.Page;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** The event log as a part of the caller's transaction; see {@link PostgresEventStorage#within}. */
final class TransactionEventStorage implements EventStorage {

    private final Connection connection;
    private final TransactionAppends appends;
    private final LockHolder lockHolder;
    private final StreamReader streams;
    private final LogReader log;
    private final EventsById events;

    TransactionEventStorage(
            Connection connection,
            TransactionAppends appends,
            LockHolder lockHolder,
            StreamReader streams,
            LogReader log,
            EventsById events) {
        this.connection = connection;
        this.appends = appends;
        this.lockHolder = lockHolder;
        this.streams = streams;
        this.log = log;
        this.events = events;
    }

    @Override
    public AppendResult append(EncodedAppend append) {
        Storable.require(append);
        try {
            if (connection.getAutoCommit()) {
                throw new IllegalStateException("The connection is in auto-commit mode: expected a transaction;"
                        + " call setAutoCommit(false) before, or append to the store itself");
            }
            return appends.append(connection, append).result();
        } catch (SQLException e) {
            throw lockHolder.explain("The append within a transaction", e);
        }
    }

    @Override
    public Page readStream(StreamId stream, Direction direction, long beyond, int limit) {
        return read(c -> streams.page(c, stream, direction, beyond, limit));
    }

    @Override
    public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
        return read(c -> log.page(c, query, direction, beyond, limit));
    }

    @Override
    public List<EncodedEvent> findEvents(Collection<UUID> ids) {
        return read(c -> events.find(c, ids));
    }

    @Override
    public long headPosition() {
        return read(log::head);
    }

    @Override
    public long positionBefore(Instant time) {
        return read(c -> log.positionBefore(c, time));
    }

    @Override
    public long streamVersion(StreamId stream) {
        return read(c -> streams.lastVersion(c, stream));
    }

    @Override
    public boolean isProvisional() {
        return true;
    }

    /** Gives no hints: what a transaction appends is announced by its commit. */
    @Override
    public Hints onAppend(Runnable hint) {
        return () -> {};
    }

    /** Does nothing: the connection belongs to the caller. */
    @Override
    public void close() {}

    private <T> T read(Connections.Work<T> work) {
        try {
            return work.run(connection);
        } catch (SQLException e) {
            throw SqlErrors.failed("Reading within a transaction", e);
        }
    }
}
