package dev.headwater.store;

import dev.headwater.HeadwaterException;
import org.jspecify.annotations.Nullable;

/**
 * The store could not be reached or did not answer in time, and the call certainly changed nothing; repeating it later
 * can succeed. Of a change in administration, never of an append, the message may say that it is not known whether it
 * was done: then it can be repeated, too.
 */
public final class StoreUnavailableException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message says what was tried, for how long, and what stands in the way. */
    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean isTransient() {
        return true;
    }
}
