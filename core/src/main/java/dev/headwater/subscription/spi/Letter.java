package dev.headwater.subscription.spi;

import dev.headwater.failure.Failure;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.DeadLetter;
import java.time.Duration;
import java.util.Optional;

/**
 * A dead letter about to be written; one for the same subscription and event is replaced, but keeps the times of its
 * parking and of its first failure.
 *
 * @param segment the segment of the key
 * @param sequenceKey the key
 * @param event the event that was not handled
 * @param state what happens next
 * @param attempts how often the handler was called
 * @param retryIn when it is tried again by itself, from now on
 * @param failure the latest failure; empty for one that only waits
 */
public record Letter(
        int segment,
        String sequenceKey,
        StoredEvent event,
        DeadLetter.State state,
        int attempts,
        Optional<Duration> retryIn,
        Optional<Failure> failure) {}
