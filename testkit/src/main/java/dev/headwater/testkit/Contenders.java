package dev.headwater.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Threads that are let loose at the same moment. */
final class Contenders {

    /** How one of them ended; exactly one of the two is there. */
    record Outcome<T>(@Nullable T result, @Nullable Throwable failure) {

        boolean succeeded() {
            return failure == null;
        }

        /** The result; fails the test when there was none. */
        T value() {
            if (result == null) {
                throw new AssertionError("A contender was expected to succeed, but failed with " + failure, failure);
            }
            return result;
        }
    }

    private Contenders() {}

    /** Runs {@code count} tasks on a virtual thread each, and returns their outcomes in that order. */
    static <T> List<Outcome<T>> run(int count, IntFunction<Callable<T>> task) {
        var start = new CountDownLatch(1);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures = new ArrayList<Future<T>>();
            for (int i = 0; i < count; i++) {
                var work = task.apply(i);
                futures.add(executor.submit(() -> {
                    start.await();
                    return work.call();
                }));
            }
            start.countDown();
            return futures.stream().map(Contenders::outcome).toList();
        }
    }

    private static <T> Outcome<T> outcome(Future<T> future) {
        try {
            return new Outcome<>(future.get(), null);
        } catch (ExecutionException e) {
            return new Outcome<>(null, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while contenders were running", e);
        }
    }
}
