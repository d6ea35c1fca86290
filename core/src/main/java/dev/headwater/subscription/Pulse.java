package dev.headwater.subscription;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a thread comes by: it beats on each round, and while it rests, as it waits for work, for its turn or
 * for a handler, silence means nothing. A thread that falls silent is interrupted: a virtual thread that waits for an
 * answer of the network is freed by that, and the connection that it waits on is closed. Thread-safe.
 */
final class Pulse {

    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable Thread thread;
    private int resting;
    private long latest;
    private long interruptedAt;
    /** Whether the thread has not come by since it was interrupted. */
    private boolean interrupted;

    Pulse() {
        this(System::nanoTime);
    }

    Pulse(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.latest = nanoTime.getAsLong();
        this.interruptedAt = latest;
    }

    /** Begins: this is the thread that beats. */
    void of(Thread beating) {
        lock.lock();
        try {
            thread = beating;
            latest = nanoTime.getAsLong();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is the pulse of the calling thread. */
    boolean isOfCaller() {
        lock.lock();
        try {
            return Thread.currentThread() == thread;
        } finally {
            lock.unlock();
        }
    }

    /** The thread comes by. */
    void beat() {
        change(0);
    }

    /** From now on silence means nothing. */
    void rest() {
        change(1);
    }

    /** The rest has ended. */
    void resume() {
        change(-1);
    }

    /** An interruption ends here, so that it meets only the call that was silent. */
    private void change(int rests) {
        lock.lock();
        try {
            resting += rests;
            latest = nanoTime.getAsLong();
            if (interrupted && Thread.currentThread() == thread) {
                interrupted = false;
                Thread.interrupted();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has not been heard of for so long although it does not rest. */
    boolean isSilentFor(Duration limit) {
        lock.lock();
        try {
            return thread != null && resting == 0 && nanoTime.getAsLong() - latest >= limit.toNanos();
        } finally {
            lock.unlock();
        }
    }

    /** Interrupts the thread if it is silent, and again whenever as long has passed since then; whether it was now. */
    boolean interruptIfSilentFor(Duration limit) {
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            if (thread == null || !isSilentFor(limit) || now - interruptedAt < limit.toNanos()) {
                return false;
            }
            interruptedAt = now;
            interrupted = true;
            thread.interrupt();
            return true;
        } finally {
            lock.unlock();
        }
    }
}
