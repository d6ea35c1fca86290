package dev.headwater.benchmarks;

import java.util.Arrays;
import java.util.List;

/** How long the operations of one thread took, and what they brought. Not thread-safe. */
final class Durations {

    private long[] nanos = new long[1 << 12];
    private int size;
    private long units;

    void add(long operationNanos, long operationUnits) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * size);
        }
        nanos[size++] = operationNanos;
        units += operationUnits;
    }

    /** What all threads did together in the given time. */
    static Measurement sum(List<Durations> threads, long elapsedNanos) {
        long units = 0;
        var all = new long[threads.stream().mapToInt(thread -> thread.size).sum()];
        int filled = 0;
        for (var thread : threads) {
            System.arraycopy(thread.nanos, 0, all, filled, thread.size);
            filled += thread.size;
            units += thread.units;
        }
        return Measurement.of(units, elapsedNanos, all);
    }
}
