package dev.headwater.bus;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts who is inside, and once closed lets nobody in any more. */
final class Gate {

    private static final int CLOSED = Integer.MIN_VALUE;

    /** The sign bit says that the gate is closed, the others how many are inside. */
    private final AtomicInteger state = new AtomicInteger();

    private final CountDownLatch closedAndEmpty = new CountDownLatch(1);

    /** Goes in, to {@link #leave} later; false when the gate is closed. */
    boolean enter() {
        int seen = state.get();
        while (seen >= 0) {
            if (state.compareAndSet(seen, seen + 1)) {
                return true;
            }
            seen = state.get();
        }
        return false;
    }

    void leave() {
        if (state.decrementAndGet() == CLOSED) {
            closedAndEmpty.countDown();
        }
    }

    void close() {
        if (state.updateAndGet(seen -> seen | CLOSED) == CLOSED) {
            closedAndEmpty.countDown();
        }
    }

    boolean isClosed() {
        return state.get() < 0;
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
}
