package dev.headwater.testkit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits in tests for what another thread or process will bring about. */
public final class Await {

    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int SHARE_OF_THE_WAIT = 100;

    private Await() {}

    /**
     * Returns as soon as the condition holds: asks every millisecond at first, and less often the longer it takes, so
     * that a condition that is dear to ask for does not hinder what is waited for.
     *
     * @param what the condition in words, for the error
     * @param limit how long to wait at most
     * @param condition called on this thread; what it throws ends the wait
     * @throws AssertionError when the condition does not hold in time, or the thread is interrupted
     */
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("Interrupted while waiting until " + what);
            }
            long waited = System.nanoTime() - start;
            if (waited >= limit.toNanos()) {
                throw new AssertionError("Waited " + limit + " in vain until " + what);
            }
            LockSupport.parkNanos(Math.max(SHORTEST_PAUSE_NANOS, waited / SHARE_OF_THE_WAIT));
        }
    }
}
