package dev.headwater.postgres;

import dev.headwater.MessageSerializer;
import dev.headwater.postgres.append.ConditionalAppends;
import dev.headwater.postgres.append.LockHolder;
import dev.headwater.postgres.append.TransactionAppends;
import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.postgres.jdbc.Storable;
import dev.headwater.postgres.read.Announcements;
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
import dev.headwater.subscription.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * The event log of a {@link PostgresDatabase}.
 *
 * <p>Concurrent appends share round trips and disk flushes; a lone one is one round trip on its caller's thread. A
 * connection that is lost during an append is answered by finding out what became of it. Reads fetch one page at a
 * time, hold no connection in between, and need no more memory than one page of some megabytes. Thread-safe.
 */
public final class PostgresEventStorage implements EventStorage {

    private final Connections connections;
    private final Schema schema;
    private final Duration lockTimeout;
    private final Duration patience;
    private final ConditionalAppends appends;
    private final TransactionAppends transactionAppends;
    private final LockHolder lockHolder;
    private final Announcements announcements;
    private final StreamReader streams;
    private final LogReader log;
    private final EventsById events;

    PostgresEventStorage(
            Connections connections,
            Schema schema,
            Duration lockTimeout,
            Duration patience,
            ConditionalAppends appends,
            Announcements announcements) {
        this.connections = connections;
        this.schema = schema;
        this.lockTimeout = lockTimeout;
        this.patience = patience;
        this.appends = appends;
        this.transactionAppends = new TransactionAppends(schema, lockTimeout);
        this.lockHolder = new LockHolder(connections, schema);
        this.announcements = announcements;
        this.streams = new StreamReader(schema);
        this.log = new LogReader(schema);
        this.events = new EventsById(schema);
    }

    /**
     * The same log within a transaction of the caller's: what is appended becomes visible when the caller commits, and
     * vanishes when the caller rolls back; reads see what the transaction sees.
     *
     * <p>An append enters the critical section of the store and stays in it until the transaction ends, so append last
     * and commit at once. The transaction must be READ COMMITTED. After an append that was refused for a version or a
     * condition the transaction can go on; after any other failure PostgreSQL wants it rolled back. The caller remains
     * the owner of the connection; the returned storage is as thread-safe as the connection is, and need not be closed.
     *
     * @param connection a connection to the same database, not in auto-commit mode when something is appended
     */
    public EventStorage within(Connection connection) {
        return new TransactionEventStorage(connection, transactionAppends, lockHolder, streams, log, events);
    }

    /**
     * The same log with inline projections: read models that are written in the transaction of every append, so that
     * whoever has appended reads what it wrote.
     *
     * <p>A projection that fails refuses the append, and nothing is stored. Appends wait for one another while the
     * projections run, since each is in the critical section of the store, and there is no group commit: use it where a
     * read model must not be late, and a {@link dev.headwater.subscription.Subscription} elsewhere. Only what is
     * appended through the returned storage is projected.
     *
     * @param serializer decodes events for the projections
     * @param projections called in this order, each with the events of one append
     */
    public EventStorage projecting(MessageSerializer serializer, List<Projection<Connection>> projections) {
        return new InlineProjectionStorage(
                this, connections, schema, transactionAppends, lockTimeout.plus(patience), serializer, projections);
    }

    @Override
    public AppendResult append(EncodedAppend append) {
        Storable.require(append);
        return appends.append(append);
    }

    @Override
    public Page readStream(StreamId stream, Direction direction, long beyond, int limit) {
        return read("Reading the stream '" + stream + "'", c -> streams.page(c, stream, direction, beyond, limit));
    }

    @Override
    public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
        return read("Reading the log", c -> log.page(c, query, direction, beyond, limit));
    }

    @Override
    public List<EncodedEvent> findEvents(Collection<UUID> ids) {
        return read("Looking for events by their ids", c -> events.find(c, ids));
    }

    @Override
    public long headPosition() {
        return read("Reading the head of the log", log::head);
    }

    @Override
    public long positionBefore(Instant time) {
        return read("Looking for events since " + time, c -> log.positionBefore(c, time));
    }

    @Override
    public long streamVersion(StreamId stream) {
        return read("Reading the version of the stream '" + stream + "'", c -> streams.lastVersion(c, stream));
    }

    @Override
    public Hints onAppend(Runnable hint) {
        return announcements.listen(hint);
    }

    /** Does nothing: the connections belong to the {@link PostgresDatabase}. */
    @Override
    public void close() {}

    /** Reads, and once more when the connection turns out to be broken: a pool may hold some from before a restart. */
    private <T> T read(String what, Connections.Work<T> work) {
        try {
            try {
                return connections.with(work);
            } catch (SQLException e) {
                if (!SqlErrors.isConnectionLost(e)) {
                    throw e;
                }
                return connections.with(work);
            }
        } catch (SQLException e) {
            throw SqlErrors.failed(what, e);
        }
    }
}
