package dev.headwater.postgres.failure;

import dev.headwater.HeadwaterException;
import org.jspecify.annotations.Nullable;

/**
 * The database cannot be used, or refused a statement, for a reason that does not pass by itself; the message says
 * which. Nothing was changed.
 */
public final class PostgresException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message says what was expected, what was found and what to do. */
    public PostgresException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
