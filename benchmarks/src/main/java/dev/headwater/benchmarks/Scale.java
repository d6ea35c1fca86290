package dev.headwater.benchmarks;

import java.time.Duration;
import java.util.List;

/**
 * How much is measured.
 *
 * @param rounds how often everything is measured
 * @param pace how long one measurement takes
 * @param orders the orders that are in the tables before appends are measured
 * @param logEvents the events in the log that is read
 * @param aggregates the aggregates that are loaded
 * @param contenders the callers who fight for one aggregate
 * @param largeLogs how many events the logs have that the server makes up
 */
record Scale(int rounds, Pace pace, int orders, int logEvents, int aggregates, int contenders, List<Long> largeLogs) {

    /** The scale of figures to be published. */
    static Scale full(int rounds, Duration window, boolean large) {
        var largeLogs = large ? List.of(10_000L, 1_000_000L, 10_000_000L) : List.of(10_000L, 1_000_000L);
        return new Scale(rounds, Pace.of(window), 5_000, 1_000_000, 1_000, 1_500, largeLogs);
    }

    /** The scale at which everything is done but nothing is measured that means anything. */
    static Scale quick() {
        return new Scale(1, Pace.of(Duration.ofMillis(200)), 50, 5_000, 20, 20, List.of(5_000L));
    }
}
