package dev.headwater.testkit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits in tests for what another thread or process will bring about. */
public final class Await {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private Await() {}

    /**
     * Returns as soon as the condition holds, asking every millisecond.
     *
     * @param what the condition in words, for the error
     * @param limit how long to wait at most
     * @param condition called on this thread; what it throws ends the wait
     * @throws AssertionError when the condition does not hold in time, or the thread is interrupted
     */
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("Interrupted while waiting until " + what);
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new AssertionError("Waited " + limit + " in vain until " + what);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
