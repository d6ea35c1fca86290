package dev.headwater.postgres;

import dev.headwater.HeadwaterException;
import dev.headwater.MessageSerializer;
import dev.headwater.postgres.append.AbandonedBackends;
import dev.headwater.postgres.append.LockHolder;
import dev.headwater.postgres.append.LostCall;
import dev.headwater.postgres.append.TransactionAppends;
import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.EndedTransactionException;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.postgres.jdbc.Storable;
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
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** The event log with projections that run inside every append; see {@link PostgresEventStorage#projecting}. */
final class InlineProjectionStorage extends ForwardingEventStorage {

    private static final long BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Connections connections;
    private final AbandonedBackends abandonedBackends;
    private final TransactionAppends appends;
    private final LockHolder lockHolder;
    private final Duration patience;
    private final MessageSerializer serializer;
    private final List<Projection<Connection>> projections;

    /**
     * Creates the storage.
     *
     * @param patience how long an append may take, with the search for its outcome
     */
    InlineProjectionStorage(
            PostgresEventStorage log,
            Connections connections,
            Schema schema,
            TransactionAppends appends,
            Duration patience,
            MessageSerializer serializer,
            List<Projection<Connection>> projections) {
        super(log);
        this.connections = connections;
        this.abandonedBackends = new AbandonedBackends(connections);
        this.appends = appends;
        this.lockHolder = new LockHolder(connections, schema);
        this.patience = patience;
        this.serializer = serializer;
        this.projections = List.copyOf(projections);
    }

    /** Repeats the append, under its ids, when a commit was cut off, until its outcome is known. */
    @Override
    public AppendResult append(EncodedAppend append) {
        Storable.require(append);
        if (Thread.currentThread().isInterrupted()) {
            throw new StoreUnavailableException(
                    "The append was interrupted before it was sent; nothing was stored, try again later", null);
        }
        long deadline = System.nanoTime() + patience.toNanos();
        LostCall lost = null;
        boolean interrupted = false;
        try {
            while (true) {
                var attempt = attempt(append, lost, Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
                switch (attempt) {
                    case Committed(var result) -> {
                        return result;
                    }
                    case CutOff(var call) -> lost = call;
                }
                interrupted |= Thread.interrupted();
                if (System.nanoTime() - deadline > 0) {
                    var cause = SqlErrors.copy(lost.cause());
                    throw new AppendOutcomeUnknownException(
                            "The connection was lost during the commit of an append (" + SqlErrors.reason(cause)
                                    + ") and the outcome could not be found out within " + patience.toSeconds()
                                    + " s: repeat the same append, with the same event ids, to learn it",
                            cause);
                }
                LockSupport.parkNanos(BACK_OFF_NANOS);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private sealed interface Attempt {}

    private record Committed(AppendResult result) implements Attempt {}

    private record CutOff(LostCall call) implements Attempt {}

    private Attempt attempt(EncodedAppend append, @Nullable LostCall lost, Duration limit) {
        try {
            if (lost != null && !lost.isOver(abandonedBackends, limit)) {
                return new CutOff(lost);
            }
            try (var transaction = connections.begin(limit)) {
                var connection = transaction.connection();
                var placed = appends.append(connection, append);
                if (placed.isNew()) {
                    project(append, placed.result(), transaction);
                }
                int backend = connection.unwrap(PGConnection.class).getBackendPID();
                try {
                    transaction.commit();
                } catch (EndedTransactionException e) {
                    throw torn(e.isCommitted(), e);
                } catch (SQLException e) {
                    if (SqlErrors.isAnswer(e)) {
                        throw e;
                    }
                    return new CutOff(new LostCall(e, backend));
                }
                return new Committed(placed.result());
            }
        } catch (SQLException e) {
            if (lost != null && SqlErrors.isTransient(e)) {
                return new CutOff(lost);
            }
            throw lockHolder.explain("The append with its projections", e);
        }
    }

    private static PostgresException torn(boolean isCommitted, Exception cause) {
        return new PostgresException(
                "A projection of the append has ended its transaction with a "
                        + (isCommitted
                                ? "COMMIT of its own: the append is stored, and of what its projections wrote only a part."
                                : "ROLLBACK of its own, so the append was not stored.")
                        + " Only the append ends it; use a savepoint, or a connection of your own",
                cause);
    }

    private void project(EncodedAppend append, AppendResult result, Connections.Transaction transaction)
            throws SQLException {
        var events = events(append, result);
        if (events.isEmpty()) {
            return;
        }
        var connection = transaction.lend();
        try {
            project(events, connection);
        } catch (SQLException | RuntimeException e) {
            if (isCommitted(transaction, e)) {
                throw torn(true, e);
            }
            throw e;
        }
    }

    private static boolean isCommitted(Connections.Transaction transaction, Exception failure) {
        try {
            return transaction.isCommittedByOthers();
        } catch (SQLException e) {
            failure.addSuppressed(e);
            return false;
        }
    }

    private void project(List<StoredEvent> events, Connection connection) throws SQLException {
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

    /** What the append means to projections, for which reserved streams are none of their business. */
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
                if (!part.stream().isReserved()) {
                    events.addAll(new StoredEvent(stored, serializer).current());
                }
            }
        }
        return events;
    }
}
