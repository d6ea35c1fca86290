package dev.headwater.postgres.read;

import dev.headwater.postgres.jdbc.AutoCommit;
import dev.headwater.postgres.jdbc.Pooler;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for announcements, with {@code LISTEN}, on a virtual thread of its own.
 *
 * <p>Whenever it begins to listen, and when it begins again, it looks at the head of the log first: what was announced
 * in between is not missed. A connection that fails is replaced, after pauses that grow; readers poll meanwhile. Behind
 * a pooler it does not listen unless it was told to, because a session that changes its server process with every
 * transaction hears nothing. Thread-safe.
 */
final class Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    private static final int SLICE_MILLIS = 500;
    private static final long LENT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final int PROBE_SECONDS = 5;
    /** How long the server may take for an answer; notifications are waited for in slices of their own. */
    private static final int ANSWER_MILLIS = 5_000;

    private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final ListeningSource source;
    private final String listen;
    private final LogReader log;
    private final Runnable hint;
    private volatile boolean closed;
    private volatile @Nullable Thread thread;
    private volatile @Nullable Connection own;
    private long head = -1;
    private long pause = FIRST_PAUSE_NANOS;

    Listener(ListeningSource source, Schema schema, Runnable hint) {
        this.source = source;
        this.listen = "LISTEN \"" + schema.name() + '"';
        this.log = new LogReader(schema);
        this.hint = hint;
    }

    /** Begins to listen; to be called once. */
    void start() {
        thread = Thread.ofVirtual().name("headwater listener").start(this::listenUntilClosed);
    }

    private void listenUntilClosed() {
        while (!closed) {
            try {
                if (!listenOnce()) {
                    return;
                }
            } catch (SQLException | RuntimeException | Error e) {
                if (!closed) {
                    report(e);
                    LockSupport.parkNanos(pause);
                    pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
                }
            }
        }
    }

    private void report(Throwable e) {
        var reason = e instanceof SQLException sql ? SqlErrors.reason(sql) : e.toString();
        if (pause == FIRST_PAUSE_NANOS) {
            LOG.warn("Listening for new events was broken off, polling goes on: {}", reason);
        } else {
            LOG.debug("Listening for new events fails still: {}", reason);
        }
    }

    /** Listens on one connection for as long as it may be kept; false when there is no use in listening at all. */
    private boolean listenOnce() throws SQLException {
        try (var connection = source.connections().connect()) {
            try {
                own = source.isOwn() ? connection : null;
                int former = connection.getNetworkTimeout();
                connection.setNetworkTimeout(
                        Runnable::run, former > 0 ? Math.min(former, ANSWER_MILLIS) : ANSWER_MILLIS);
                boolean isOfUse = AutoCommit.during(connection, this::listenOn);
                connection.setNetworkTimeout(Runnable::run, former);
                return isOfUse;
            } catch (SQLException | RuntimeException | Error e) {
                // What the driver was in the middle of is unknown, so nobody else may use the connection.
                connection.abort(Runnable::run);
                throw e;
            } finally {
                own = null;
            }
        }
    }

    private boolean listenOn(Connection connection) throws SQLException {
        if (!source.isMeantFor() && Pooler.standsBefore(connection)) {
            LOG.info("A connection pooler stands before the server, so nobody listens for new events and they are found"
                    + " by polling alone; listenUrl(…) names a way to the server itself");
            return false;
        }
        execute(connection, listen);
        hintIfMoved(connection);
        pause = FIRST_PAUSE_NANOS;
        if (source.isOwn()) {
            execute(connection, "SET idle_session_timeout = 0");
            listenForLong(connection);
        } else {
            listenFor(connection, LENT_NANOS);
            execute(connection, "UNLISTEN *");
        }
        return true;
    }

    private void hintIfMoved(Connection connection) throws SQLException {
        long now = log.head(connection);
        if (now != head) {
            head = now;
            hint.run();
        }
    }

    private void listenForLong(Connection connection) throws SQLException {
        do {
            listenFor(connection, PROBE_NANOS);
        } while (!closed && connection.isValid(PROBE_SECONDS));
    }

    private void listenFor(Connection connection, long nanos) throws SQLException {
        var notifications = connection.unwrap(PGConnection.class);
        long end = System.nanoTime() + nanos;
        while (!closed && System.nanoTime() - end < 0) {
            var received = notifications.getNotifications(SLICE_MILLIS);
            if (received != null && received.length > 0) {
                hint.run();
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Ends the listening; true when the thread is gone within the limit. */
    boolean close(Duration limit) {
        closed = true;
        var connection = own;
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("The listening connection was not aborted: {}", SqlErrors.reason(e));
            }
        }
        return Announcements.end(thread, limit);
    }
}
