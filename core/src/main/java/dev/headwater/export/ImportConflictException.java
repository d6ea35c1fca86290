package dev.headwater.export;

import dev.headwater.HeadwaterException;
import org.jspecify.annotations.Nullable;

/**
 * An event does not fit what the log already holds: its stream is at another version there, or it would lose its place
 * in the order.
 */
public final class ImportConflictException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final long imported;

    ImportConflictException(String message, long imported, @Nullable Throwable cause) {
        super(
                message + "; "
                        + (imported == 0
                                ? "nothing was imported"
                                : "events imported before it, which stay: " + imported),
                cause);
        this.imported = imported;
    }

    /** How many events were appended before. */
    public long imported() {
        return imported;
    }
}
