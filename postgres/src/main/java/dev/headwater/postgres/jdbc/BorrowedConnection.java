package dev.headwater.postgres.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection for one call of limited length. It goes back to the pool only after a clean end: one whose answers may
 * be out of step with the questions, or that has been struck by its limit, is cut and never handed out again.
 */
final class BorrowedConnection {

    private static final Logger LOG = LoggerFactory.getLogger(BorrowedConnection.class);

    private static final int CANCEL_SHARE = 5;
    private static final long LONGEST_CANCEL_NANOS = Duration.ofSeconds(1).toNanos();

    private enum State {
        RUNNING,
        CANCELLED,
        BROKEN,
        OVER
    }

    private final Connection connection;
    private final Connection driver;
    private final Watchdog watchdog;
    private final long cancelAt;
    private final long cutAt;
    private final int formerTimeout;
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);

    private BorrowedConnection(
            Connection connection, Connection driver, Watchdog watchdog, Duration limit, int former) {
        this.connection = connection;
        this.driver = driver;
        this.watchdog = watchdog;
        long nanos = limit.toNanos();
        this.cutAt = System.nanoTime() + nanos;
        this.cancelAt = cutAt - Math.min(nanos / CANCEL_SHARE, LONGEST_CANCEL_NANOS);
        this.formerTimeout = former;
    }

    /**
     * Takes charge of a connection fresh from the pool.
     *
     * @param limit how long the call may take; each wait for the network as well
     */
    static BorrowedConnection of(Connection connection, Watchdog watchdog, Duration limit) throws SQLException {
        var driver = driver(connection);
        int former = connection.getNetworkTimeout();
        var borrowed = new BorrowedConnection(connection, driver, watchdog, limit, former);
        if (!watchdog.watch(borrowed)) {
            throw new BrokenConnectionException("a call on it was broken off");
        }
        try {
            int millis = (int) Math.min(Integer.MAX_VALUE, Math.max(1, limit.toMillis()));
            connection.setNetworkTimeout(Runnable::run, former > 0 ? Math.min(former, millis) : millis);
            return borrowed;
        } catch (SQLException e) {
            watchdog.release(borrowed);
            throw new BrokenConnectionException(e);
        }
    }

    private static Connection driver(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class) instanceof Connection driver ? driver : connection;
    }

    Connection connection() {
        return connection;
    }

    /** The driver's own connection, which is the same each time the pool lends it. */
    Connection driver() {
        return driver;
    }

    /** Gives the connection back after a clean end. */
    void giveBack() {
        if (!state.compareAndSet(State.RUNNING, State.OVER)) {
            discard(); // what cancels it may still be on its way, and would hit the next call
            return;
        }
        boolean isReset = false;
        try {
            connection.setNetworkTimeout(Runnable::run, formerTimeout);
            isReset = true;
        } catch (SQLException e) {
            LOG.debug("A connection was not given back: {}", SqlErrors.reason(e));
        } finally {
            if (!isReset) {
                discard();
            }
        }
        if (isReset) {
            watchdog.release(this);
            close();
        }
    }

    private void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            cut();
        }
    }

    /** Never gives the connection back: the watchdog cuts it. Needs neither memory nor much of the stack. */
    void discard() {
        state.set(State.BROKEN);
        watchdog.hurry();
    }

    /** Cancels the call or cuts the connection when it is time; true when there is nothing left to watch. */
    boolean endIfDue(long now) {
        var current = state.get();
        if (current == State.OVER) {
            return true;
        }
        if (current == State.BROKEN || now - cutAt >= 0) {
            state.set(State.BROKEN);
            cut();
            return true;
        }
        if (now - cancelAt >= 0 && state.compareAndSet(State.RUNNING, State.CANCELLED)) {
            Thread.ofVirtual().name("headwater cancels").start(this::cancel);
        }
        return false;
    }

    private void cancel() {
        try {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            LOG.debug("A call at its limit could not be cancelled: {}", SqlErrors.reason(e));
        }
    }

    private void cut() {
        cut(connection);
    }

    /** Cuts a connection, and uses it once more, so that its pool notices and never hands it out again. */
    static void cut(Connection connection) {
        try (connection) {
            connection.abort(Runnable::run);
            connection.prepareStatement("SELECT 1").close();
        } catch (SQLException e) {
            LOG.debug("A connection was cut: {}", SqlErrors.reason(e));
        }
    }
}
