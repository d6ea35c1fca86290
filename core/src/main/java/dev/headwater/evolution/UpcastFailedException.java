package dev.headwater.evolution;

import dev.headwater.SchemaVersion;
import dev.headwater.UndecodableMessageException;
import tools.jackson.core.JacksonException;

/** A step has failed; its message names the step and is for {@link UndecodableMessageException} to tell. */
final class UpcastFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UpcastFailedException(SchemaVersion from, RuntimeException cause) {
        super("the upcaster from " + from + " failed: " + reason(cause), quotesPayload(cause) ? null : cause);
    }

    private static String reason(RuntimeException cause) {
        return quotesPayload(cause)
                ? "its JSON does not fit (" + cause.getClass().getSimpleName() + ")"
                : String.valueOf(cause.getMessage());
    }

    /** Whether it comes from Jackson, which quotes the payload in its messages: of those only the kind is told. */
    private static boolean quotesPayload(RuntimeException cause) {
        return cause instanceof JacksonException;
    }
}
