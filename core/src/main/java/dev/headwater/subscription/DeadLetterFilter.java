package dev.headwater.subscription;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which dead letters are meant: those that meet everything that is given.
 *
 * @param subscription letters of this subscription
 * @param position the letter of the event at this position
 * @param sequenceKey letters of this key
 * @param type letters of events of this type
 * @param exceptionClass letters that failed with this exception
 * @param state letters in this state
 */
public record DeadLetterFilter(
        Optional<String> subscription,
        OptionalLong position,
        Optional<String> sequenceKey,
        Optional<String> type,
        Optional<String> exceptionClass,
        Optional<DeadLetter.State> state) {

    private static final DeadLetterFilter ALL = new DeadLetterFilter(
            Optional.empty(),
            OptionalLong.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** Every letter. */
    public static DeadLetterFilter all() {
        return ALL;
    }

    /** The letters of a subscription. */
    public static DeadLetterFilter of(String subscription) {
        return new DeadLetterFilter(
                Optional.of(subscription), ALL.position, ALL.sequenceKey, ALL.type, ALL.exceptionClass, ALL.state);
    }

    /** Only the letter of the event at a position. */
    public DeadLetterFilter at(long newPosition) {
        return new DeadLetterFilter(
                subscription, OptionalLong.of(newPosition), sequenceKey, type, exceptionClass, state);
    }

    /** Only letters of a key. */
    public DeadLetterFilter ofKey(String newKey) {
        return new DeadLetterFilter(subscription, position, Optional.of(newKey), type, exceptionClass, state);
    }

    /** Only letters of events of a type. */
    public DeadLetterFilter ofType(String newType) {
        return new DeadLetterFilter(subscription, position, sequenceKey, Optional.of(newType), exceptionClass, state);
    }

    /** Only letters that failed with an exception of exactly this class. */
    public DeadLetterFilter failedWith(String newExceptionClass) {
        return new DeadLetterFilter(subscription, position, sequenceKey, type, Optional.of(newExceptionClass), state);
    }

    /** Only letters in a state. */
    public DeadLetterFilter in(DeadLetter.State newState) {
        return new DeadLetterFilter(subscription, position, sequenceKey, type, exceptionClass, Optional.of(newState));
    }

    /** Whether a letter is meant. */
    public boolean matches(DeadLetter letter) {
        return subscription.map(letter.subscription()::equals).orElse(true)
                && (position.isEmpty() || position.getAsLong() == letter.position())
                && sequenceKey.map(letter.sequenceKey()::equals).orElse(true)
                && type.map(letter.type()::equals).orElse(true)
                && exceptionClass
                        .map(name -> letter.failure()
                                .map(Failure::exceptionClass)
                                .filter(name::equals)
                                .isPresent())
                        .orElse(true)
                && state.map(letter.state()::equals).orElse(true);
    }
}
