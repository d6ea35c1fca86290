package dev.headwater.subscription;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How often something happens lately: what happened long ago counts less and less, with a mean age of ten seconds. Not
 * thread-safe.
 */
final class Rate {

    private static final double MEAN_SECONDS = 10;
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final long start;
    private long latest;
    private double weighted;

    /** Begins now, on the clock that {@code nanoTime} reads. */
    Rate(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.latest = start;
    }

    /** So many more have happened since the last call. */
    void add(long number) {
        age();
        weighted += number;
    }

    /** Of a steady rate this tells the rate from the beginning on. */
    double perSecond() {
        age();
        double whole = MEAN_SECONDS * (1 - Math.exp(-seconds(start) / MEAN_SECONDS));
        return whole > 0 ? weighted / whole : 0;
    }

    private void age() {
        long now = nanoTime.getAsLong();
        weighted *= Math.exp((latest - now) / NANOS_PER_SECOND / MEAN_SECONDS);
        latest = now;
    }

    private double seconds(long since) {
        return (latest - since) / NANOS_PER_SECOND;
    }
}
