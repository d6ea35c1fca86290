package dev.headwater.benchmarks;

import java.util.Arrays;

/**
 * What one side did in one round.
 *
 * @param units how many events, rows or loads were finished within the time
 * @param perSecond the same per second
 * @param p50Nanos the median time of one operation
 * @param p99Nanos the time that one operation in a hundred exceeds
 */
record Measurement(long units, double perSecond, long p50Nanos, long p99Nanos) {

    private static final double NANOS_PER_SECOND = 1e9;

    /** Sums up operations of known duration; sorts the array. */
    @SuppressWarnings("ArrayEquality")
    static Measurement of(long units, long elapsedNanos, long[] operationNanos) {
        Arrays.sort(operationNanos);
        return new Measurement(
                units,
                units * NANOS_PER_SECOND / elapsedNanos,
                percentile(operationNanos, 0.50),
                percentile(operationNanos, 0.99));
    }

    private static long percentile(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1];
    }
}
