package dev.headwater.embedded;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import org.jspecify.annotations.Nullable;

/**
 * The embedded server cannot be started or stopped; the message says in one line what was expected, what was found and
 * what to do.
 *
 * <p>Nothing in the data folder was destroyed. Trying again without a change does not help.
 */
public final class EmbeddedDatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EmbeddedDatabaseException(String message) {
        this(message, null);
    }

    EmbeddedDatabaseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Says what went wrong with a file, to go on after "found". */
    static String problem(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "that access to " + denied.getFile() + " is denied";
            case ClosedByInterruptException interrupted -> "that the thread was interrupted";
            default -> e.toString();
        };
    }
}
