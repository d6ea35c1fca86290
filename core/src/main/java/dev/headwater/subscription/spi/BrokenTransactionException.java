package dev.headwater.subscription.spi;

import dev.headwater.HeadwaterException;

/** A handler has left its transaction unusable; nothing of it will be committed. */
public final class BrokenTransactionException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception with what the handler threw. */
    public BrokenTransactionException(String message, Throwable cause) {
        super(message, cause);
    }
}
