package dev.headwater.store;

import dev.headwater.HeadwaterException;
import org.jspecify.annotations.Nullable;

/**
 * The connection was lost during an append and the store stayed out of reach, so whether the events are stored cannot
 * be told.
 *
 * <p>Repeating the same {@link Append}, with the same event ids, is safe: it returns the original result if the first
 * try was stored.
 */
public final class AppendOutcomeUnknownException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message says how long the outcome was sought. */
    public AppendOutcomeUnknownException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean isTransient() {
        return true;
    }
}
