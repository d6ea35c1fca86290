package dev.headwater.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for conditions, with a limit that turns a deadlock into a failure. */
final class Concurrently {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Concurrently() {}

    static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as("latch opened in time")
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting for a latch", e);
        }
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time: " + what).isLessThan(deadline);
            LockSupport.parkNanos(100_000);
        }
    }

    static void awaitBlocked(Thread thread) {
        await(
                "the thread waits",
                () -> thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
    }

    static void join(Thread... threads) {
        for (var thread : threads) {
            try {
                assertThat(thread.join(LIMIT)).as("thread ended in time").isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while joining", e);
            }
        }
    }
}
