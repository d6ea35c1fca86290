package dev.headwater.benchmarks;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param rounds how often everything is measured
 * @param pace how long one measurement takes
 * @param orders the orders that are in the tables before appends are measured
 * @param logEvents the events in the log that is read
 * @param aggregates the aggregates that are loaded
 */
record Scale(int rounds, Pace pace, int orders, int logEvents, int aggregates) {

    /** The scale of figures to be published. */
    static Scale full(int rounds, Duration window) {
        return new Scale(rounds, Pace.of(window), 5_000, 1_000_000, 1_000);
    }

    /** The scale at which everything is done but nothing is measured that means anything. */
    static Scale quick() {
        return new Scale(1, Pace.of(Duration.ofMillis(200)), 50, 5_000, 20);
    }
}
