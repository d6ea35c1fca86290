package dev.headwater.postgres.read;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.store.Hints;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells readers in this and in other processes that there are new events, with {@code NOTIFY}: a hint, which may be
 * lost, and never a reason for an append to wait.
 *
 * <p>Announcements are sent after the commit on a virtual thread of their own, the first one at once, then one for all
 * appends of a short while. The connection that listens is taken from the pool when the first listener comes.
 * Thread-safe.
 */
public final class Announcements implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);

    private static final long SPACING_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int LISTEN_MILLIS = 500;
    private static final long RECONNECT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Connections connections;
    private final String notify;
    private final String listen;
    private final CopyOnWriteArrayList<Runnable> hints = new CopyOnWriteArrayList<>();
    private final AtomicBoolean due = new AtomicBoolean();
    private final AtomicBoolean announcing = new AtomicBoolean();
    private final AtomicBoolean listening = new AtomicBoolean();
    private volatile boolean closed;
    private volatile @Nullable Thread announcer;
    private volatile @Nullable Thread listener;

    /** Announces on the channel of this schema; uses no connection before there is something to do. */
    public Announcements(Connections connections, Schema schema) {
        this.connections = connections;
        // A notification that a crash forgets is no loss, so its commit need not wait for the disk.
        this.notify = schema.in("SELECT set_config('synchronous_commit', 'off', true), pg_notify({channel}, '')");
        this.listen = "LISTEN \"" + schema.name() + '"';
    }

    /** Something was committed: tells the readers of this process now and those of others soon; returns at once. */
    public void announce() {
        giveHints();
        due.set(true);
        startAnnouncing();
    }

    private void giveHints() {
        for (var hint : hints) {
            try {
                hint.run();
            } catch (RuntimeException e) {
                LOG.warn("A hint that new events were appended has failed; the others are given", e);
            }
        }
    }

    private void startAnnouncing() {
        if (!closed && announcing.compareAndSet(false, true)) {
            announcer = Thread.ofVirtual().name("headwater announcements").start(this::announceWhileDue);
        }
    }

    private void announceWhileDue() {
        while (!closed && due.getAndSet(false)) {
            try {
                connections.with(this::sendNotification);
            } catch (SQLException e) {
                LOG.debug("New events were not announced: {}", SqlErrors.reason(e));
            }
            LockSupport.parkNanos(SPACING_NANOS);
        }
        announcing.set(false);
        if (due.get()) {
            startAnnouncing();
        }
    }

    private boolean sendNotification(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(notify)) {
            return statement.execute();
        }
    }

    /** Calls {@code hint} after appends, of this process and of others, until it is closed. */
    public Hints listen(Runnable hint) {
        hints.add(hint);
        if (listening.compareAndSet(false, true)) {
            listener = Thread.ofVirtual().name("headwater listener").start(this::listenUntilClosed);
        }
        return () -> hints.remove(hint);
    }

    private void listenUntilClosed() {
        while (!closed) {
            try {
                connections.with(Connections.UNLIMITED, connection -> {
                    passOn(connection);
                    return true;
                });
            } catch (SQLException e) {
                if (!closed) {
                    LOG.debug("Listening for new events was broken off, polling goes on: {}", SqlErrors.reason(e));
                    LockSupport.parkNanos(RECONNECT_NANOS);
                }
            }
        }
    }

    private void passOn(Connection connection) throws SQLException {
        var notifications = connection.unwrap(PGConnection.class);
        try (var statement = connection.createStatement()) {
            statement.execute(listen);
        }
        giveHints();
        while (!closed) {
            var received = notifications.getNotifications(LISTEN_MILLIS);
            if (received != null && received.length > 0) {
                giveHints();
            }
        }
        try (var statement = connection.createStatement()) {
            statement.execute("UNLISTEN *");
        }
    }

    /** Returns when neither thread uses a connection any more. */
    @Override
    public void close() {
        closed = true;
        end(announcer);
        end(listener);
    }

    private static void end(@Nullable Thread thread) {
        if (thread != null) {
            LockSupport.unpark(thread);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
