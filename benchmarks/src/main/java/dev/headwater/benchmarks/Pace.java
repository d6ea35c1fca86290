package dev.headwater.benchmarks;

import java.time.Duration;

/**
 * How long one measurement takes.
 *
 * @param rampUp how long the operations run before any of them counts
 * @param window how long they count
 */
record Pace(Duration rampUp, Duration window) {

    /** A window with a fifth of it before. */
    static Pace of(Duration window) {
        return new Pace(window.dividedBy(5), window);
    }
}
