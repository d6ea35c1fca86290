package dev.headwater.subscription;

import dev.headwater.failure.RetryPolicy;
import java.time.Duration;

/**
 * How the subscriptions of a process share work with other processes, wait and recover.
 *
 * @param pollInterval how long events may stay unseen when no hint tells of them
 * @param lease how long a segment stays with an instance that no longer renews it, as after a crash; a projection's
 *     transaction may stand idle no longer than that
 * @param handlerLimit how long a handler may take for one call before its thread is interrupted and its segments may be
 *     claimed by others
 * @param recovery the pauses while something that every event needs is out of reach
 * @param concurrency how many keys of a reactor are handled at once
 */
public record SubscriptionSettings(
        Duration pollInterval, Duration lease, Duration handlerLimit, RetryPolicy recovery, int concurrency) {

    private static final int CONCURRENCY = 32;

    /**
     * Polls every second; leases of 10 seconds; handlers may take a minute; recovery pauses of up to 10 seconds; 32
     * keys of a reactor at once.
     */
    public static final SubscriptionSettings DEFAULT = new SubscriptionSettings(
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            RetryPolicy.DEFAULT.withPauses(Duration.ofMillis(100), Duration.ofSeconds(10)),
            CONCURRENCY);

    /** Checks the values. */
    public SubscriptionSettings {
        requirePositive("poll interval", pollInterval);
        requirePositive("lease", lease);
        requirePositive("limit of a handler", handlerLimit);
        if (concurrency < 1) {
            throw new IllegalArgumentException(
                    "The number of keys handled at once is " + concurrency + ": expected 1 or more");
        }
    }

    /** The same settings with another poll interval. */
    public SubscriptionSettings withPollInterval(Duration interval) {
        return new SubscriptionSettings(interval, lease, handlerLimit, recovery, concurrency);
    }

    /** The same settings with another lease. */
    public SubscriptionSettings withLease(Duration newLease) {
        return new SubscriptionSettings(pollInterval, newLease, handlerLimit, recovery, concurrency);
    }

    /** The same settings with another limit for one call of a handler. */
    public SubscriptionSettings withHandlerLimit(Duration limit) {
        return new SubscriptionSettings(pollInterval, lease, limit, recovery, concurrency);
    }

    /** The same settings with other pauses while something is out of reach. */
    public SubscriptionSettings recoveringWith(Duration firstPause, Duration longestPause) {
        return new SubscriptionSettings(
                pollInterval, lease, handlerLimit, recovery.withPauses(firstPause, longestPause), concurrency);
    }

    /** The same settings with another number of keys of a reactor that are handled at once. */
    public SubscriptionSettings withConcurrency(int keys) {
        return new SubscriptionSettings(pollInterval, lease, handlerLimit, recovery, keys);
    }

    /** How long a subscription that has failed waits before it tries again by itself, after so many failures. */
    Duration pauseOfFailed(int times) {
        return recovery.longestPause().multipliedBy(Math.min(times, 4) * 10L);
    }

    /** How often an instance renews its leases. */
    Duration renewal() {
        return lease.dividedBy(3);
    }

    private static void requirePositive(String what, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("The " + what + " is " + duration + ": expected more than zero");
        }
    }
}
