package dev.headwater.postgres.jdbc;

import dev.headwater.HeadwaterException;
import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.store.StoreUnavailableException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What a failed statement tells about the state of the database.
 *
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL error codes</a>
 */
public final class SqlErrors {

    /** The state of a statement that waited for a lock for as long as it may. */
    public static final String LOCK_NOT_AVAILABLE = "55P03";

    /** The state of a statement that the role has no right to. */
    public static final String NOT_PERMITTED = "42501";

    /** Classes in which the same statement can succeed later: connection, rollback, resources, operator, system. */
    private static final Set<String> TRANSIENT_CLASSES = Set.of("08", "40", "53", "57", "58");

    /**
     * A lock, a server that only reads, and statements that the driver has prepared where a pooler has changed the
     * server process since.
     */
    private static final Set<String> TRANSIENT_STATES = Set.of(LOCK_NOT_AVAILABLE, "25006", "26000", "42P05");

    private SqlErrors() {}

    /**
     * Whether the connection broke, so that a statement that may commit has an unknown outcome.
     *
     * <p>Any other error is the server's answer, and its answer to a single statement outside of a transaction means
     * that nothing was committed.
     */
    public static boolean isConnectionLost(SQLException e) {
        var state = state(e);
        return state.startsWith("08") || state.startsWith("57P") || isFatal(e) || state.isEmpty();
    }

    /**
     * Whether this is what the server said to the statement that was sent, after which the connection is in step. The
     * driver's own errors are not: what the server has done by then cannot be told.
     */
    public static boolean isAnswer(Throwable e) {
        return e instanceof SQLException failure && serverMessage(failure) != null && !isConnectionLost(failure);
    }

    /** The same error as seen by this thread: one failure may be the answer to many callers. */
    public static SQLException copy(Throwable e) {
        if (e instanceof SQLException failure) {
            var server = serverMessage(failure);
            return server == null ? new SQLException(failure.getMessage(), state(failure)) : new PSQLException(server);
        }
        return new SQLException("The call was broken off: " + e, "");
    }

    /** Whether the same statement can succeed later. */
    public static boolean isTransient(SQLException e) {
        var state = state(e);
        return e instanceof SQLTransientConnectionException
                || isConnectionLost(e)
                || TRANSIENT_STATES.contains(state)
                || TRANSIENT_CLASSES.contains(state.substring(0, 2));
    }

    /** Whether the statement waited, or ran, for longer than it may. */
    public static boolean isOutOfTime(SQLException e) {
        return state(e).equals(LOCK_NOT_AVAILABLE) || state(e).equals("57014");
    }

    /** Whether a column was to become NULL that may not. */
    public static boolean isNullOf(String table, String column, SQLException e) {
        var server = serverMessage(e);
        return state(e).equals("23502")
                && server != null
                && table.equals(server.getTable())
                && column.equals(server.getColumn());
    }

    /**
     * The exception for a call that was to change something, and can be repeated. When the connection was lost on the
     * way the change may be stored, and the message says so.
     */
    public static HeadwaterException failedChange(String what, SQLException e) {
        boolean isUnknown = isConnectionLost(e) && !(e instanceof SQLTransientConnectionException);
        return isUnknown
                ? new StoreUnavailableException(
                        what + " failed: " + reason(e)
                                + "; whether it was done is not known, and repeating it later is safe",
                        e)
                : failed(what, e);
    }

    /** The exception for a call that changed nothing. */
    public static HeadwaterException failed(String what, SQLException e) {
        var message = what + " failed: " + reason(e);
        return isTransient(e)
                ? new StoreUnavailableException(message + "; nothing was changed, try again later", e)
                : new PostgresException(message, e);
    }

    /** The server's own words, without the detail that may hold values of a row. */
    public static String reason(SQLException e) {
        var server = serverMessage(e);
        return (server == null ? e.getMessage() : server.getMessage()) + " (SQLSTATE " + state(e) + ")";
    }

    /** The SQLSTATE; an empty text when there is none. */
    public static String state(SQLException e) {
        var state = e.getSQLState();
        return state == null ? "" : state;
    }

    private static boolean isFatal(SQLException e) {
        var server = serverMessage(e);
        return server != null && ("FATAL".equals(server.getSeverity()) || "PANIC".equals(server.getSeverity()));
    }

    private static @Nullable ServerErrorMessage serverMessage(SQLException e) {
        return e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    }
}
