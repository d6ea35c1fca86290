package dev.headwater.postgres.read;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.store.Hints;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells readers in this and in other processes that there are new events, with {@code NOTIFY}: a hint, which may be
 * lost, and never a reason for an append to wait.
 *
 * <p>Announcements are sent after the commit on a virtual thread of their own, the first one at once, then one for all
 * appends of a short while. A {@link Listener} begins when somebody wants hints for the first time. Thread-safe.
 */
public final class Announcements {

    private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);

    private static final long SPACING_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Connections connections;
    private final String notify;
    private final Listener listener;
    private final CopyOnWriteArrayList<Runnable> hints = new CopyOnWriteArrayList<>();
    private final AtomicBoolean due = new AtomicBoolean();
    private final AtomicBoolean announcing = new AtomicBoolean();
    private final AtomicBoolean listening = new AtomicBoolean();
    private volatile boolean closed;
    private volatile @Nullable Thread announcer;

    /** Announces on the channel of this schema; uses no connection before there is something to do. */
    public Announcements(Connections connections, ListeningSource listening, Schema schema) {
        this.connections = connections;
        // A notification that a crash forgets is no loss, so its commit need not wait for the disk.
        this.notify = schema.in("SELECT set_config('synchronous_commit', 'off', true), pg_notify({channel}, '')");
        this.listener = new Listener(listening, schema, this::giveHints);
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
            boolean isStarted = false;
            try {
                announcer = Thread.ofVirtual().name("headwater announcements").start(this::announceWhileDue);
                isStarted = true;
            } finally {
                if (!isStarted) {
                    announcing.set(false);
                }
            }
        }
    }

    private void announceWhileDue() {
        try {
            while (!closed && due.getAndSet(false)) {
                announceOnce();
                LockSupport.parkNanos(SPACING_NANOS);
            }
        } finally {
            announcing.set(false);
        }
        if (due.get()) {
            startAnnouncing();
        }
    }

    private void announceOnce() {
        try {
            connections.with(this::sendNotification);
        } catch (SQLException e) {
            LOG.debug("New events were not announced: {}", SqlErrors.reason(e));
        } catch (RuntimeException | Error e) {
            LOG.warn("New events were not announced; the next ones will be", e);
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
            listener.start();
        }
        return () -> hints.remove(hint);
    }

    /** Ends both threads; true when neither uses a connection any more within the limit. */
    public boolean close(Duration limit) {
        closed = true;
        long deadline = System.nanoTime() + limit.toNanos();
        boolean isSilent = end(announcer, limit.dividedBy(2));
        boolean isDeaf = listener.close(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        return isSilent && isDeaf;
    }

    static boolean end(@Nullable Thread thread, Duration limit) {
        if (thread == null) {
            return true;
        }
        LockSupport.unpark(thread);
        try {
            return thread.join(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
