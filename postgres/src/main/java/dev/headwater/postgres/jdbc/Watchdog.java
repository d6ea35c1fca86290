package dev.headwater.postgres.jdbc;

import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the connections of calls that outlive their limit or were broken off, on a thread of its own: it works whatever
 * the call is stuck in, and also when the caller's stack or memory is used up.
 *
 * <p>A call that nears its limit is cancelled on the server first, whose answer is then the true one; a connection that
 * gives no answer to that is cut. The thread exists while there are calls to watch. Thread-safe.
 */
final class Watchdog {

    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    private static final long LOOK_NANOS = Duration.ofMillis(20).toNanos();
    private static final int IDLE_LOOKS = 250;

    private final Map<Connection, BorrowedConnection> calls = new ConcurrentHashMap<>();
    private final AtomicBoolean awake = new AtomicBoolean();
    private volatile @Nullable Thread thread;

    /** Begins to watch; false when an earlier call on the same connection has not come to a clean end. */
    boolean watch(BorrowedConnection call) {
        boolean isFirst = calls.putIfAbsent(call.driver(), call) == null;
        if (!awake.get() && awake.compareAndSet(false, true)) {
            wake();
        }
        return isFirst;
    }

    private void wake() {
        boolean started = false;
        try {
            thread = Thread.ofPlatform().daemon().name("headwater limits").start(this::look);
            started = true;
        } finally {
            if (!started) {
                awake.set(false);
            }
        }
    }

    /** Stops watching a call that came to a clean end. */
    void release(BorrowedConnection call) {
        calls.remove(call.driver(), call);
    }

    /** Makes the next look come at once. */
    void hurry() {
        LockSupport.unpark(thread);
    }

    private void look() {
        int idle = 0;
        while (true) {
            LockSupport.parkNanos(this, LOOK_NANOS);
            try {
                idle = calls.isEmpty() ? idle + 1 : 0;
                calls.values().forEach(this::look);
            } catch (Throwable e) { // the next look tries again
                idle = 0;
            }
            if (idle > IDLE_LOOKS) {
                awake.set(false);
                if (calls.isEmpty() || !awake.compareAndSet(false, true)) {
                    return;
                }
                idle = 0;
            }
        }
    }

    private void look(BorrowedConnection call) {
        try {
            if (call.endIfDue(System.nanoTime())) {
                calls.remove(call.driver(), call);
            }
        } catch (Exception e) {
            LOG.warn("A connection that is to be given up could not be closed; it is tried again", e);
        }
    }
}
