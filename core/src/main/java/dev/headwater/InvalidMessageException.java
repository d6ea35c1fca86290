package dev.headwater;

import org.jspecify.annotations.Nullable;

/** A message that cannot be written so that it can be read again; nothing was stored or sent. */
public final class InvalidMessageException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message names the type and the reason, never the payload. */
    public InvalidMessageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
