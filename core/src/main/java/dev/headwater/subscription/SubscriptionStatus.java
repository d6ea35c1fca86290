package dev.headwater.subscription;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a subscription is doing. Finding it out costs the same however long the log is and however far it is behind.
 *
 * @param name the subscription
 * @param state what this instance is doing
 * @param reason why, in words for a person; empty when there is nothing to say
 * @param position every wanted event up to here has been handled or became a dead letter, on all instances
 * @param lag how many events of the log, wanted or not, stand after that position
 * @param oldestWaiting how long ago the oldest wanted event happened that was neither handled nor became a dead letter;
 *     empty when there is none. When it is not among the next hundred of the log, as for somebody who wants little and
 *     is far behind, this is the age of the last of those: no wanted one is older. Measured from the
 *     {@linkplain dev.headwater.store.StoredEvent#time business time}
 * @param eventsPerSecond how many wanted events this instance has handled lately, over some ten seconds
 * @param timeLeft how long it takes to catch up at the speed at which this instance has come on lately, if no more is
 *     appended meanwhile; zero when nothing is left, and empty when it did not come on
 * @param failures how often in a row this instance could not go on
 * @param lastError the reason, of the latest such failure
 * @param overview what the storage knows: owners, dead letters, who paused it
 */
public record SubscriptionStatus(
        String name,
        State state,
        String reason,
        long position,
        long lag,
        Optional<Duration> oldestWaiting,
        double eventsPerSecond,
        Optional<Duration> timeLeft,
        int failures,
        Optional<Throwable> lastError,
        SubscriptionOverview overview) {

    /** Who owns what; none when the subscription was forgotten. */
    public List<Segment> segments() {
        return overview.segments();
    }

    /** Its dead letters. */
    public SubscriptionOverview.Letters letters() {
        return overview.letters();
    }

    /**
     * A part of the keys.
     *
     * @param number from 0
     * @param position the stored checkpoint
     * @param owner the instance that handles it; empty when it is free
     */
    public record Segment(int number, long position, Optional<String> owner) {}

    /**
     * What an instance is doing for a subscription; of several that hold at once, the one that needs somebody first.
     */
    public enum State {
        /** Reading, or waiting for events or for segments. */
        RUNNING,
        /**
         * A projection that writes what was in the log already when this instance started it or saw it reset; see
         * {@link SubscriptionStatus#timeLeft}. It survives crashes, and is given up by {@link Subscriptions#forget}.
         */
        CATCHING_UP,
        /** Reading, with dead letters; the reason says how many and what most of them have in common. */
        DEGRADED,
        /** Waiting before it tries to go on, since something is out of reach; the reason says what has failed. */
        RETRYING,
        /** This instance cannot renew its leases; the reason says since when and why. */
        NOT_RENEWED,
        /**
         * Its checkpoints stand beyond the end of the log, as when a log was restored from an older copy: events would
         * be left out until somebody {@linkplain Subscriptions#reset resets} it.
         */
        BEYOND_THE_LOG,
        /** Paused on every instance by {@link Subscriptions#pause}; the reason says by whom. */
        PAUSED,
        /** Another subscription has taken its place for good; the reason says which. */
        REPLACED,
        /** Given up, visibly: what failed could not even be put aside. Nothing was skipped. */
        FAILED,
        /** Forgotten by somebody while it ran here; it has ended. */
        FORGOTTEN,
        /** Closed. */
        STOPPED
    }
}
