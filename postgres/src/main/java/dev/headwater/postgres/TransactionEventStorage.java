package dev.headwater.postgres;

import dev.headwater.HeadwaterException;
import dev.headwater.postgres.append.AppendBatch;
import dev.headwater.postgres.append.AppendCall;
import dev.headwater.postgres.append.AppendOutcome;
import dev.headwater.postgres.append.ConditionLook;
import dev.headwater.postgres.append.LockHolder;
import dev.headwater.postgres.append.StoredAppends;
import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.postgres.jdbc.Storable;
import dev.headwater.postgres.read.LogReader;
import dev.headwater.postgres.read.StreamReader;
import dev.headwater.store.AppendConditionException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.Direction;
import dev.headwater.store.DuplicateEventException;
import dev.headwater.store.EventQuery;
import dev.headwater.store.Hints;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.Page;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/** The event log as a part of the caller's transaction; see {@link PostgresEventStorage#within}. */
final class TransactionEventStorage implements EventStorage {

    private final Connection connection;
    private final int lockTimeoutMillis;
    private final ConditionLook look;
    private final AppendCall call;
    private final StoredAppends stored;
    private final LockHolder lockHolder;
    private final StreamReader streams;
    private final LogReader log;

    TransactionEventStorage(
            Connection connection,
            Schema schema,
            Duration lockTimeout,
            Connections others,
            StreamReader streams,
            LogReader log) {
        this.connection = connection;
        this.lockTimeoutMillis = Math.toIntExact(lockTimeout.toMillis());
        this.look = new ConditionLook(schema);
        this.call = new AppendCall(schema);
        this.stored = new StoredAppends(schema);
        this.lockHolder = new LockHolder(others, schema);
        this.streams = streams;
        this.log = log;
    }

    @Override
    public AppendResult append(EncodedAppend append) {
        Storable.require(append);
        try {
            if (connection.getAutoCommit()) {
                throw new IllegalStateException("The connection is in auto-commit mode: expected a transaction;"
                        + " call setAutoCommit(false) before, or append to the store itself");
            }
            return append.condition().isEmpty() ? store(append) : storeConditionally(append);
        } catch (SQLException e) {
            throw lockHolder.explain("The append within a transaction", e);
        }
    }

    /** Looks before it waits for the critical section, so that others wait for no more than a look at what is new. */
    private AppendResult storeConditionally(EncodedAppend append) throws SQLException {
        try {
            return store(look.narrow(connection, append));
        } catch (AppendConditionException e) {
            return original(append, ConditionLook.widened(e, append));
        }
    }

    private AppendResult store(EncodedAppend append) throws SQLException {
        var answer = call.batch(connection, AppendBatch.of(append), true, lockTimeoutMillis)
                .outcomes()
                .getFirst();
        return switch (answer) {
            case AppendOutcome.Stored(var result) -> result;
            case AppendOutcome.Refused(var reason) -> original(append, reason);
            case AppendOutcome.IdTaken(var id) -> original(append, new DuplicateEventException(id));
        };
    }

    private AppendResult original(EncodedAppend append, HeadwaterException otherwise) throws SQLException {
        return stored.find(connection, append).orElseThrow(() -> otherwise);
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
    public boolean isProvisional() {
        return true;
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
