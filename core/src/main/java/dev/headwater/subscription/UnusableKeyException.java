package dev.headwater.subscription;

import dev.headwater.HeadwaterException;

/** A {@linkplain SequenceKey sequence key} is null, too long, or no text that can be stored; its event is set aside. */
final class UnusableKeyException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    UnusableKeyException(String problem) {
        super(
                "The sequence key of the event " + problem + ": expected 1 to " + SequenceKeys.MAX_LENGTH
                        + " characters without NUL and without half of a surrogate pair",
                null);
    }
}
