package dev.headwater.broker;

import dev.headwater.HeadwaterException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Nobody knows yet what became of a command: it may be carried out, or will be. Sending the same envelope again is
 * safe, since a command is carried out once for each id, and a repetition gets the outcome that there is.
 */
public final class OutcomeUnknownException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final UUID command;

    /** Creates the exception for a command. */
    OutcomeUnknownException(UUID command, String why, @Nullable Throwable cause) {
        super(
                "What became of the command " + command + " is not known: " + why
                        + "; send the same envelope again to be told",
                cause);
        this.command = command;
    }

    /** The id of the command. */
    public UUID command() {
        return command;
    }

    @Override
    public boolean isTransient() {
        return true;
    }
}
