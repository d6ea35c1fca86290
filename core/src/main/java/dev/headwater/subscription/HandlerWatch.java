package dev.headwater.subscription;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends calls of a handler that take longer than they may. One thread calls, another one looks after it. */
final class HandlerWatch {

    private static final Logger LOG = LoggerFactory.getLogger(HandlerWatch.class);

    private final String subscription;
    private final Duration limit;
    private final Pulse pulse;
    private final ReentrantLock lock = new ReentrantLock();

    /** The thread of the present call. */
    private @Nullable Thread caller;

    private long since;
    private boolean interrupted;

    /**
     * A watch over the handler of a subscription.
     *
     * @param pulse of the thread that calls; during a call this watch looks after it
     */
    HandlerWatch(String subscription, Duration limit, Pulse pulse) {
        this.subscription = subscription;
        this.limit = limit;
        this.pulse = pulse;
    }

    /** A call of a handler. */
    interface Call {
        void run() throws Exception;
    }

    /**
     * Calls the handler.
     *
     * @throws HandlerTimeoutException when it failed after it was interrupted
     */
    void watch(Call call) throws Exception {
        pulse.rest();
        begin();
        try {
            call.run();
        } catch (Exception e) {
            throw end() ? new HandlerTimeoutException(subscription, limit, e) : e;
        } finally {
            end();
            pulse.resume();
        }
    }

    private void begin() {
        lock.lock();
        try {
            caller = Thread.currentThread();
            since = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the watch, and the interruption with it; whether there was one. */
    private boolean end() {
        lock.lock();
        try {
            caller = null;
            boolean late = interrupted;
            interrupted = false;
            if (late && Thread.interrupted()) {
                LOG.debug("The interruption of a handler of '{}' ends with its call", subscription);
            }
            return late;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Interrupts a handler that takes longer than it may.
     *
     * @return whether the handler ignores that, so that the segments should no longer be held
     */
    boolean isStuck() {
        lock.lock();
        try {
            if (caller == null) {
                return false;
            }
            long nanos = System.nanoTime() - since;
            if (!interrupted && nanos >= limit.toNanos()) {
                interrupted = true;
                LOG.error(
                        "A handler of the subscription '{}' has not returned for {}: its thread is interrupted",
                        subscription,
                        limit);
                caller.interrupt();
            }
            return nanos / 2 > limit.toNanos();
        } finally {
            lock.unlock();
        }
    }
}
