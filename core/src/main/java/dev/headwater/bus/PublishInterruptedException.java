package dev.headwater.bus;

import dev.headwater.HeadwaterException;

/**
 * A publisher was interrupted while it waited for room in a handler's queue; no handler gets the event.
 *
 * <p>The interrupt flag of the thread is set again.
 */
public final class PublishInterruptedException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    PublishInterruptedException(String message, InterruptedException cause) {
        super(message, cause);
    }
}
