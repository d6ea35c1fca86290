package dev.headwater.subscription;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a subscription is doing.
 *
 * @param name the subscription
 * @param state what this instance is doing
 * @param position every wanted event up to here has been handled or became a dead letter, on all instances
 * @param lag how many events of the log, wanted or not, stand after that position
 * @param oldestWaiting how long ago the oldest wanted event happened that was neither handled nor became a dead letter;
 *     empty when there is none. Measured from the {@linkplain dev.headwater.store.StoredEvent#time business time}
 * @param eventsPerSecond how many wanted events this instance has handled lately, over some ten seconds
 * @param timeLeft how long it takes to catch up at the speed at which this instance has come on lately, if no more is
 *     appended meanwhile; zero when nothing is left, and empty when it did not come on
 * @param failures how often in a row this instance could not go on
 * @param lastError the reason, of the latest such failure
 * @param segments who owns what
 */
public record SubscriptionStatus(
        String name,
        State state,
        long position,
        long lag,
        Optional<Duration> oldestWaiting,
        double eventsPerSecond,
        Optional<Duration> timeLeft,
        int failures,
        Optional<Throwable> lastError,
        List<Segment> segments) {

    /**
     * A part of the keys.
     *
     * @param number from 0
     * @param position the stored checkpoint
     * @param owner the instance that handles it; empty when it is free
     */
    public record Segment(int number, long position, Optional<String> owner) {}

    /** What an instance is doing for a subscription. */
    public enum State {
        /** Reading, or waiting for events or for segments. */
        RUNNING,
        /**
         * A projection that writes what was in the log already when this instance started it or saw it reset; see
         * {@link SubscriptionStatus#timeLeft}. It survives crashes, and is given up by {@link Subscriptions#forget}.
         */
        REBUILDING,
        /** Waiting before it tries to go on, since something is out of reach. */
        RETRYING,
        /** Paused on every instance by {@link Subscriptions#pause}. */
        PAUSED,
        /** Given up, visibly: what failed could not even be put aside. Nothing was skipped. */
        FAILED,
        /** Closed. */
        STOPPED
    }
}
