package dev.headwater.subscription;

import dev.headwater.HeadwaterException;
import java.time.Duration;

/** A handler has not returned in time, and ended when its thread was interrupted. */
public final class HandlerTimeoutException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception with what the handler threw. */
    public HandlerTimeoutException(String subscription, Duration limit, Throwable cause) {
        super(
                "A handler of the subscription '" + subscription + "' had not returned for " + limit
                        + ", so its thread was interrupted: give what it waits for a time limit, or raise the limit of"
                        + " handlers",
                cause);
    }
}
