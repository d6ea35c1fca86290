package dev.headwater.bus;

import dev.headwater.HeadwaterException;

/** The handler of a command threw the checked exception that is the cause of this one. */
public final class CommandFailedException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    CommandFailedException(String message, Exception cause) {
        super(message, cause);
    }
}
