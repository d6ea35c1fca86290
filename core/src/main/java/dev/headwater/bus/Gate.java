package dev.headwater.bus;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts who is inside, and once closed lets nobody in any more.
 *
 * <p>Threads count themselves in different places, so that those who go in and out at once do not wait for one another.
 * Whoever goes in counts first and looks whether the gate is closed afterwards; whoever closes it does so first and
 * counts afterwards: one of the two sees the other. A place that was found empty after closing stays empty, but for
 * those who are turned away, so the places can be looked at one after the other.
 */
final class Gate {

    /** A power of two; threads of neighbouring numbers have different places. */
    private static final int PLACES =
            Math.min(64, Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4);

    /** So far apart, in longs, that no two places share a cache line or its neighbour. */
    private static final int DISTANCE = 16;

    private final AtomicLongArray inside = new AtomicLongArray(PLACES * DISTANCE);

    private volatile boolean closed;

    private final CountDownLatch closedAndEmpty = new CountDownLatch(1);

    /** Goes in, to {@link #leave} later on the same thread; false when the gate is closed. */
    boolean enter() {
        inside.getAndIncrement(place());
        if (closed) {
            leave();
            return false;
        }
        return true;
    }

    void leave() {
        inside.getAndDecrement(place());
        if (closed) {
            tellIfEmpty();
        }
    }

    void close() {
        closed = true;
        tellIfEmpty();
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Waits until the gate is closed and nobody is inside; false when the time is up or the thread was interrupted,
     * which keeps its flag.
     */
    boolean awaitEmpty(long nanos) {
        try {
            return closedAndEmpty.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return closedAndEmpty.getCount() == 0;
        }
    }

    private void tellIfEmpty() {
        for (int place = 0; place < inside.length(); place += DISTANCE) {
            if (inside.get(place) != 0) {
                return;
            }
        }
        closedAndEmpty.countDown();
    }

    private static int place() {
        return ((int) Thread.currentThread().threadId() & (PLACES - 1)) * DISTANCE;
    }
}
