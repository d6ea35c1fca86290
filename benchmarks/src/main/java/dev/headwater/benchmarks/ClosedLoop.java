package dev.headwater.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;

/**
 * Threads that do one operation after the other, each as soon as its last one is done, for a fixed time.
 *
 * <p>An operation counts if it ends within the time measured. Before that time begins all of them have been running for
 * a while, so that caches, plans and the population of open orders are as they will stay.
 */
final class ClosedLoop {

    private static final Duration LONGEST_WINDOW = Duration.ofMinutes(1);

    private final Pace pace;
    private volatile boolean failed;

    private ClosedLoop(Pace pace) {
        this.pace = pace;
    }

    /** One operation of one thread. */
    @FunctionalInterface
    interface Operation {
        /** Does it and returns how many units that were. */
        int run() throws Exception;
    }

    /**
     * Runs each operation on a thread of its own and returns what they did together. A time in which no operation ended
     * says nothing, and is measured again, twice as long.
     */
    static Measurement run(Pace pace, ThreadFactory threads, List<? extends Operation> operations) throws Exception {
        var measurement = new ClosedLoop(pace).run(threads, operations);
        return measurement.units() > 0 || pace.window().compareTo(LONGEST_WINDOW) > 0
                ? measurement
                : run(new Pace(pace.rampUp(), pace.window().multipliedBy(2)), threads, operations);
    }

    private Measurement run(ThreadFactory threads, List<? extends Operation> operations) throws Exception {
        var started = new CountDownLatch(operations.size());
        var results = new ArrayList<Future<Durations>>(operations.size());
        try (var executor = Executors.newThreadPerTaskExecutor(threads)) {
            for (var operation : operations) {
                results.add(executor.submit(() -> {
                    started.countDown();
                    started.await();
                    return repeat(operation);
                }));
            }
        }
        var durations = new ArrayList<Durations>(results.size());
        for (var result : results) {
            durations.add(unwrap(result));
        }
        return Durations.sum(durations, pace.window().toNanos());
    }

    private Durations repeat(Operation operation) throws Exception {
        var durations = new Durations();
        long first = System.nanoTime() + pace.rampUp().toNanos();
        long last = first + pace.window().toNanos();
        try {
            long begin = System.nanoTime();
            while (begin < last && !failed) {
                int units = operation.run();
                long end = System.nanoTime();
                if (end >= first && end < last) {
                    durations.add(end - begin, units);
                }
                begin = end;
            }
            return durations;
        } catch (Exception | Error e) {
            failed = true;
            throw e;
        }
    }

    private static Durations unwrap(Future<Durations> result) throws Exception {
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw new BenchmarkException("An operation failed: " + e.getCause(), e);
        }
    }
}
