package dev.headwater.postgres;

import dev.headwater.HeadwaterException;
import dev.headwater.MessageSerializer;
import dev.headwater.postgres.append.AbandonedBackends;
import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.LentConnection;
import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.store.AppendOutcomeUnknownException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.ForwardingEventStorage;
import dev.headwater.subscription.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;

/** The event log with projections that run inside every append; see {@link PostgresEventStorage#projecting}. */
final class InlineProjectionStorage extends ForwardingEventStorage {

    private static final long BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Whether a row of the log comes from this transaction, and not from an earlier call with the same append. */
    private static final String IS_NEW = """
            SELECT e.xmin::text = pg_current_xact_id()::xid::text FROM {schema}.events e WHERE e.position = ?""";

    private final PostgresEventStorage log;
    private final Connections connections;
    private final AbandonedBackends abandonedBackends;
    private final String isNew;
    private final Duration patience;
    private final MessageSerializer serializer;
    private final List<Projection<Connection>> projections;

    InlineProjectionStorage(
            PostgresEventStorage log,
            Connections connections,
            Schema schema,
            Duration patience,
            MessageSerializer serializer,
            List<Projection<Connection>> projections) {
        super(log);
        this.log = log;
        this.connections = connections;
        this.abandonedBackends = new AbandonedBackends(connections);
        this.isNew = schema.in(IS_NEW);
        this.patience = patience;
        this.serializer = serializer;
        this.projections = List.copyOf(projections);
    }

    /** Repeats the append, under its ids, when a commit was cut off, until its outcome is known. */
    @Override
    public AppendResult append(EncodedAppend append) {
        long deadline = System.nanoTime() + patience.toNanos();
        var abandoned = new HashSet<Integer>();
        while (true) {
            var attempt = attempt(append, abandoned);
            switch (attempt) {
                case Committed(var result) -> {
                    return result;
                }
                case CutOff(var cause) -> {
                    if (System.nanoTime() - deadline > 0
                            || Thread.currentThread().isInterrupted()) {
                        throw new AppendOutcomeUnknownException(
                                "The connection was lost during the commit of an append (" + SqlErrors.reason(cause)
                                        + ") and the outcome could not be found out within " + patience.toSeconds()
                                        + " s: repeat the same append, with the same event ids, to learn it",
                                cause);
                    }
                    LockSupport.parkNanos(BACK_OFF_NANOS);
                }
            }
        }
    }

    private sealed interface Attempt {}

    private record Committed(AppendResult result) implements Attempt {}

    private record CutOff(SQLException cause) implements Attempt {}

    private Attempt attempt(EncodedAppend append, Set<Integer> abandoned) {
        try {
            if (!abandoned.isEmpty() && !abandonedBackends.end(abandoned)) {
                return new CutOff(new SQLException("The server process of the first try is still there"));
            }
            try (var transaction = connections.begin()) {
                var connection = transaction.connection();
                var result = log.within(connection).append(append);
                if (isNew(connection, result.firstPosition())) {
                    project(append, result, LentConnection.of(connection));
                }
                int backend = connection.unwrap(PGConnection.class).getBackendPID();
                try {
                    transaction.commit();
                } catch (SQLException e) {
                    if (SqlErrors.isConnectionLost(e)) {
                        abandoned.add(backend);
                        return new CutOff(e);
                    }
                    throw e;
                }
                return new Committed(result);
            }
        } catch (SQLException e) {
            if (!abandoned.isEmpty() && SqlErrors.isTransient(e)) {
                return new CutOff(e);
            }
            throw SqlErrors.failed("The append with its projections", e);
        } catch (StoreUnavailableException e) {
            if (!abandoned.isEmpty() && e.getCause() instanceof SQLException cause) {
                return new CutOff(cause);
            }
            throw e;
        }
    }

    private boolean isNew(Connection connection, long position) throws SQLException {
        try (var statement = Parameters.of(position).prepare(connection, isNew);
                var row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private void project(EncodedAppend append, AppendResult result, Connection connection) throws SQLException {
        var events = events(append, result);
        for (var projection : projections) {
            try {
                projection.project(events, connection);
            } catch (SQLException | HeadwaterException e) {
                throw e;
            } catch (Exception e) {
                throw new PostgresException("A projection of the append has failed, so nothing was stored: " + e, e);
            }
        }
    }

    private List<StoredEvent> events(EncodedAppend append, AppendResult result) {
        var events = new ArrayList<StoredEvent>(append.size());
        long position = result.firstPosition();
        var versions = new HashMap<>(result.versions());
        for (var part : append.parts()) {
            versions.merge(part.stream(), -(long) part.events().size(), Long::sum);
        }
        for (var part : append.parts()) {
            for (var event : part.events()) {
                long version = versions.merge(part.stream(), 1L, Long::sum);
                var stored = new EncodedEvent(position++, part.stream(), version, event.tags(), event.message());
                events.addAll(new StoredEvent(stored, serializer).current());
            }
        }
        return events;
    }
}
