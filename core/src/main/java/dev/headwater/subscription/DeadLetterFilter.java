package dev.headwater.subscription;

import dev.headwater.failure.Failure;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which dead letters are meant: those that meet everything that is given.
 *
 * @param subscription letters of this subscription, which is its handler
 * @param position the letter of the event at this position
 * @param sequenceKey letters of this key
 * @param type letters of events of this type
 * @param state letters in this state
 * @param failure letters that failed in this way
 * @param parked letters that were put aside in this time
 */
public record DeadLetterFilter(
        Optional<String> subscription,
        OptionalLong position,
        Optional<String> sequenceKey,
        Optional<String> type,
        Optional<DeadLetter.State> state,
        Failed failure,
        Parked parked) {

    private static final DeadLetterFilter ALL = new DeadLetterFilter(
            Optional.empty(),
            OptionalLong.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new Failed(Optional.empty(), Optional.empty()),
            new Parked(Optional.empty(), Optional.empty()));

    /**
     * A way to fail.
     *
     * @param exceptionClass with an exception of exactly this class
     * @param fingerprint with this {@linkplain Failure#fingerprint() fingerprint}
     */
    public record Failed(Optional<String> exceptionClass, Optional<String> fingerprint) {

        private boolean matches(Optional<Failure> failure) {
            return exceptionClass
                            .map(name -> failure.map(Failure::exceptionClass).equals(Optional.of(name)))
                            .orElse(true)
                    && fingerprint
                            .map(wanted -> failure.map(Failure::fingerprint).equals(Optional.of(wanted)))
                            .orElse(true);
        }
    }

    /**
     * A time on the clock of the storage.
     *
     * @param from at this moment or later
     * @param before earlier than at this moment
     */
    public record Parked(Optional<Instant> from, Optional<Instant> before) {

        private boolean matches(Instant parkedAt) {
            return !from.map(parkedAt::isBefore).orElse(false)
                    && before.map(parkedAt::isBefore).orElse(true);
        }
    }

    /** Every letter. */
    public static DeadLetterFilter all() {
        return ALL;
    }

    /** The letters of a subscription. */
    public static DeadLetterFilter of(String subscription) {
        return new DeadLetterFilter(
                Optional.of(subscription), ALL.position, ALL.sequenceKey, ALL.type, ALL.state, ALL.failure, ALL.parked);
    }

    /** Only the letter of the event at a position. */
    public DeadLetterFilter at(long newPosition) {
        return new DeadLetterFilter(
                subscription, OptionalLong.of(newPosition), sequenceKey, type, state, failure, parked);
    }

    /** Only letters of a key. */
    public DeadLetterFilter ofKey(String newKey) {
        return new DeadLetterFilter(subscription, position, Optional.of(newKey), type, state, failure, parked);
    }

    /** Only letters of events of a type. */
    public DeadLetterFilter ofType(String newType) {
        return new DeadLetterFilter(subscription, position, sequenceKey, Optional.of(newType), state, failure, parked);
    }

    /** Only letters in a state. */
    public DeadLetterFilter in(DeadLetter.State newState) {
        return new DeadLetterFilter(subscription, position, sequenceKey, type, Optional.of(newState), failure, parked);
    }

    /** Only letters that failed with an exception of exactly this class. */
    public DeadLetterFilter failedWith(String exceptionClass) {
        return failed(new Failed(Optional.of(exceptionClass), failure.fingerprint));
    }

    /** Only letters that failed at the same place in the same way. */
    public DeadLetterFilter ofFingerprint(String fingerprint) {
        return failed(new Failed(failure.exceptionClass, Optional.of(fingerprint)));
    }

    private DeadLetterFilter failed(Failed newFailure) {
        return new DeadLetterFilter(subscription, position, sequenceKey, type, state, newFailure, parked);
    }

    /** Only letters that were put aside at that moment or later. */
    public DeadLetterFilter parkedFrom(Instant from) {
        return parked(new Parked(Optional.of(from), parked.before));
    }

    /** Only letters that were put aside before that moment. */
    public DeadLetterFilter parkedBefore(Instant before) {
        return parked(new Parked(parked.from, Optional.of(before)));
    }

    private DeadLetterFilter parked(Parked newParked) {
        return new DeadLetterFilter(subscription, position, sequenceKey, type, state, failure, newParked);
    }

    /** Whether a letter is meant. */
    public boolean matches(DeadLetter letter) {
        return subscription.map(letter.subscription()::equals).orElse(true)
                && (position.isEmpty() || position.getAsLong() == letter.position())
                && sequenceKey.map(letter.sequenceKey()::equals).orElse(true)
                && type.map(letter.type()::equals).orElse(true)
                && state.map(letter.state()::equals).orElse(true)
                && failure.matches(letter.failure())
                && parked.matches(letter.parkedAt());
    }
}
