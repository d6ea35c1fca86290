package dev.headwater.postgres.migration;

import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.jdbc.ConnectionSource;
import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/** Makes the connection that finds out whether a database can be used at all. */
public final class FirstConnection {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Rejected by server, driver or pooler, the role or its password refused, no such database. */
    private static final Set<String> FINAL_STATES = Set.of("08004", "08P01", "3D000");

    private static final String REFUSED_ROLE_CLASS = "28";

    private FirstConnection() {}

    /**
     * Connects, again and again while the server may be about to start.
     *
     * @throws StoreUnavailableException when that does not happen in time
     * @throws PostgresException when waiting does not help
     */
    public static Connection of(ConnectionSource source, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return requireDriver(source.connect());
            } catch (SQLException e) {
                var refusal = refusal(e);
                if (refusal.isPresent()) {
                    throw new PostgresException(
                            "The database refused the connection: " + SqlErrors.reason(refusal.get())
                                    + "; check the URL, the user and the password",
                            e);
                }
                if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
                    throw new StoreUnavailableException(
                            "No connection to the database could be made: " + SqlErrors.reason(e), e);
                }
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /**
     * Does some work in which each answer of the server may take so long, and lifts or sets that limit for this work
     * only.
     *
     * @param limit zero for none
     */
    public static <T> T within(Duration limit, Connection connection, Connections.Work<T> work) throws SQLException {
        int former = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, (int) limit.toMillis());
        T result;
        try {
            result = work.run(connection);
        } catch (SQLException | RuntimeException | Error e) {
            try {
                connection.setNetworkTimeout(Runnable::run, former);
            } catch (SQLException broken) {
                e.addSuppressed(broken);
            }
            throw e;
        }
        connection.setNetworkTimeout(Runnable::run, former);
        return result;
    }

    /** The refusal among the causes; a pool tells it as the cause of having waited in vain. */
    private static Optional<SQLException> refusal(SQLException e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                var state = SqlErrors.state(sql);
                if (FINAL_STATES.contains(state) || state.startsWith(REFUSED_ROLE_CLASS)) {
                    return Optional.of(sql);
                }
            }
        }
        return Optional.empty();
    }

    private static Connection requireDriver(Connection connection) throws SQLException {
        if (!connection.isWrapperFor(BaseConnection.class)) {
            var name = connection.getMetaData().getDriverName();
            connection.close();
            throw new PostgresException(
                    "The data source gives out connections of '" + name
                            + "': expected those of the PostgreSQL driver, or wrappers that can be unwrapped",
                    null);
        }
        return connection;
    }
}
