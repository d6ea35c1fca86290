package dev.headwater.subscription;

import java.time.Duration;

/**
 * How subscriptions wait and retry.
 *
 * @param pollInterval how long a subscription that has read everything waits when no hint wakes it
 * @param firstRetry the upper bound of the pause before the first retry; it doubles with every failure in a row
 * @param longestRetry the longest pause between retries
 * @param attempts how often a page is tried before the subscription fails visibly
 */
public record SubscriptionSettings(Duration pollInterval, Duration firstRetry, Duration longestRetry, int attempts) {

    /** Polls every second; retries after up to 100 ms, doubling up to 30 seconds, 20 attempts. */
    public static final SubscriptionSettings DEFAULT =
            new SubscriptionSettings(Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(30), 20);

    /** Checks the values. */
    public SubscriptionSettings {
        requirePositive("poll interval", pollInterval);
        requirePositive("first retry pause", firstRetry);
        requirePositive("longest retry pause", longestRetry);
        if (attempts < 1) {
            throw new IllegalArgumentException("The number of attempts is " + attempts + ": expected 1 or more");
        }
    }

    /** The upper bound of the pause after that many failures in a row. */
    Duration retryPause(int failures) {
        var pause = firstRetry;
        for (int i = 1; i < failures && pause.compareTo(longestRetry) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(longestRetry) < 0 ? pause : longestRetry;
    }

    private static void requirePositive(String what, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("The " + what + " is " + duration + ": expected more than zero");
        }
    }
}
