package dev.headwater.subscription;

import java.util.Optional;

/**
 * How a subscription is doing.
 *
 * @param name the subscription
 * @param state what it is doing
 * @param position every wanted event up to here has been handled
 * @param lag how many events of the log, wanted or not, stand after that position
 * @param failures how often the current page has failed in a row
 * @param lastError the latest failure since the last success
 */
public record SubscriptionStatus(
        String name, State state, long position, long lag, int failures, Optional<Throwable> lastError) {

    /** What a subscription is doing. */
    public enum State {
        /** Reading, or waiting for events. */
        RUNNING,
        /** Waiting before the page that failed is tried again. */
        RETRYING,
        /** Given up after repeated failures; nothing was skipped, and it goes on there when it is started again. */
        FAILED,
        /** Closed. */
        STOPPED
    }
}
