package dev.headwater.subscription;

import dev.headwater.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.Optional;

/**
 * What the thread of a subscription is doing.
 *
 * @param catchingUp whether it only catches up
 * @param eventsPerSecond how many it has handled lately
 * @param timeLeft until it has caught up, if it comes on
 * @param failures how often in a row it could not go on
 * @param lastError why
 */
record Activity(
        State state,
        boolean catchingUp,
        double eventsPerSecond,
        Optional<Duration> timeLeft,
        int failures,
        Optional<Throwable> lastError) {}
