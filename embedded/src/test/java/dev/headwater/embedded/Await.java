package dev.headwater.embedded;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another process does. */
final class Await {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Await() {}

    static void until(String condition, Callable<Boolean> holds) throws Exception {
        long start = System.nanoTime();
        while (!holds.call()) {
            if (System.nanoTime() - start > LIMIT.toNanos()) {
                throw new AssertionError("Expected within " + LIMIT + " that " + condition);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    static void end(long pid) throws Exception {
        until("process " + pid + " has ended", () -> !isRunning(pid));
    }

    /** What has ended can stay listed for a while, without a program, until its parent takes note. */
    static boolean isRunning(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().command())
                .isPresent();
    }
}
