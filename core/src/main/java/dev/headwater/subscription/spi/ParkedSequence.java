package dev.headwater.subscription.spi;

import java.time.Duration;
import java.util.Optional;

/**
 * A key with dead letters.
 *
 * @param segment the segment of the key
 * @param sequenceKey the key
 * @param dueIn the time until its first letter is tried again by itself; zero or less when it is due
 */
public record ParkedSequence(int segment, String sequenceKey, Optional<Duration> dueIn) {

    /** The same key, to be tried again at once. */
    public ParkedSequence dueNow() {
        return new ParkedSequence(segment, sequenceKey, Optional.of(Duration.ZERO));
    }
}
