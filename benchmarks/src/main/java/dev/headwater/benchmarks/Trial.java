package dev.headwater.benchmarks;

/** One side of a comparison: a way to do some work. */
@FunctionalInterface
interface Trial {

    /** Does the work on a database, for as long as the pace says. */
    Measurement run(String url, Pace pace) throws Exception;
}
