package dev.headwater;

import org.jspecify.annotations.Nullable;

/**
 * Base of everything that Headwater throws on purpose; {@link #isTransient()} tells whether doing the same again can
 * help.
 *
 * <p>Wrong arguments are reported with {@link IllegalArgumentException}, wrong wiring with
 * {@link IllegalStateException}.
 */
public abstract class HeadwaterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception whose message says what was expected, what was found and what to do. */
    protected HeadwaterException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Whether the same call, made again a little later and without any change, can succeed. */
    public boolean isTransient() {
        return false;
    }
}
