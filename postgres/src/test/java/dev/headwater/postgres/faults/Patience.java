package dev.headwater.postgres.faults;

import dev.headwater.HeadwaterException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tries again while the server is away. Thread-safe. */
final class Patience {

    /**
     * Long, since a pool that was refused several times waits for up to 10 seconds between its attempts, and the server
     * may be down again at each of them.
     */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final CountDownLatch stop;

    /** Creates one that waits no longer between attempts once it is told to stop. */
    Patience(CountDownLatch stop) {
        this.stop = stop;
    }

    /** Calls until there is a result, or a failure that does not pass by itself. */
    <T> T untilAvailable(Callable<T> call) throws Exception {
        long start = System.nanoTime();
        while (true) {
            try {
                return call.call();
            } catch (HeadwaterException e) {
                if (!e.isTransient() || System.nanoTime() - start > LIMIT.toNanos()) {
                    throw e;
                }
                pause();
            }
        }
    }

    /** Gives the server a moment to come back. */
    void pause() throws InterruptedException {
        stop.await(20, TimeUnit.MILLISECONDS);
    }
}
