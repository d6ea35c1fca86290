package dev.headwater.subscription;

import dev.headwater.failure.Failure;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.StreamId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * An event that a subscription has not handled, though its checkpoint stands behind it.
 *
 * <p>The first letter of a sequence is one that failed; those after it are events of the same key that came later and
 * wait, so that order is kept. The event itself stays in the log, at {@code position}.
 *
 * @param subscription whose handler failed
 * @param position the place of the event in the log
 * @param eventId the event
 * @param type the registered name of its type
 * @param stream its stream
 * @param sequenceKey the key whose order is kept
 * @param state what happens next
 * @param attempts how often the handler was called for it
 * @param parkedAt when it was put aside
 * @param firstFailure when the handler failed first
 * @param lastFailure when the handler failed last
 * @param nextRetry when it is tried again by itself
 * @param failure the latest failure; empty when it only waits behind another letter
 */
public record DeadLetter(
        String subscription,
        long position,
        UUID eventId,
        String type,
        StreamId stream,
        String sequenceKey,
        State state,
        int attempts,
        Instant parkedAt,
        Optional<Instant> firstFailure,
        Optional<Instant> lastFailure,
        Optional<Instant> nextRetry,
        Optional<Failure> failure) {

    /** The same letter with another account of its failure. */
    public DeadLetter withFailure(Failure newFailure) {
        return new DeadLetter(
                subscription,
                position,
                eventId,
                type,
                stream,
                sequenceKey,
                state,
                attempts,
                parkedAt,
                firstFailure,
                lastFailure,
                nextRetry,
                Optional.of(newFailure));
    }

    /** The same letter of another event in its place. */
    public DeadLetter of(UUID otherId, String otherType) {
        return new DeadLetter(
                subscription,
                position,
                otherId,
                otherType,
                stream,
                sequenceKey,
                state,
                attempts,
                parkedAt,
                firstFailure,
                lastFailure,
                nextRetry,
                failure);
    }

    /** What happens next to a letter. */
    public enum State {
        /** It is tried again by itself. */
        RETRYING,
        /** It stays until somebody decides, or until it is {@linkplain RetryPolicy.Redrive re-driven}. */
        PARKED,
        /** It stands behind another letter of its sequence. */
        WAITING,
        /** Somebody has decided that it shall not be handled; it goes when its turn comes. */
        DISCARDED
    }
}
