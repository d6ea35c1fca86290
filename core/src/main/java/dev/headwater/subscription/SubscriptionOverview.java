package dev.headwater.subscription;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the storage knows of a subscription, whoever runs it, and also when nobody does.
 *
 * @param name the subscription
 * @param segments who owns what, and how far it has come; by segment
 * @param pause who has paused it, if it is paused
 * @param replacedBy the subscription that has taken its place for good
 * @param letters its dead letters
 */
public record SubscriptionOverview(
        String name,
        List<SubscriptionStatus.Segment> segments,
        Optional<Pause> pause,
        Optional<String> replacedBy,
        Letters letters) {

    /** Copies the segments. */
    public SubscriptionOverview {
        segments = List.copyOf(segments);
    }

    /**
     * Somebody's wish that a subscription stands still.
     *
     * @param who paused it
     * @param since when that was
     */
    public record Pause(String who, Instant since) {}

    /**
     * The dead letters of a subscription, as far as they are counted at constant cost.
     *
     * @param number how many there are, at most {@value #COUNTED}
     * @param more whether there are more than that
     * @param commonestReason the {@linkplain dev.headwater.failure.Failure#fingerprint fingerprint} that most of those
     *     counted have; empty when none of them failed
     */
    public record Letters(long number, boolean more, Optional<String> commonestReason) {

        /** How many are counted. */
        public static final int COUNTED = 1000;

        /** No letters. */
        public static final Letters NONE = new Letters(0, false, Optional.empty());
    }

    /** Up to here everything wanted was handled or became a dead letter; 0 when it has no segments. */
    public long position() {
        return segments.stream()
                .mapToLong(SubscriptionStatus.Segment::position)
                .min()
                .orElse(0);
    }
}
