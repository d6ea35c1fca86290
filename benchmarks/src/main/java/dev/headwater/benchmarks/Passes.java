package dev.headwater.benchmarks;

/** Whole passes over something, one after the other on one thread, until the time is over. */
final class Passes {

    private Passes() {}

    /** One pass. */
    @FunctionalInterface
    interface Pass {
        /** Makes it and returns how many units that were. */
        long run() throws Exception;
    }

    /** Makes passes, at least one, and stops after the first that ends past the window. */
    static Measurement run(Pace pace, Pass pass) throws Exception {
        long start = System.nanoTime();
        long units = 0;
        do {
            units += pass.run();
        } while (System.nanoTime() - start < pace.window().toNanos());
        return Measurement.of(units, System.nanoTime() - start, new long[0]);
    }
}
