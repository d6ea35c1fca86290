package dev.headwater;

import org.jspecify.annotations.Nullable;

/**
 * A stored or received message that this code cannot turn into an object: unknown type, other schema version or broken
 * JSON.
 */
public final class UndecodableMessageException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final transient EncodedMessage encoded;

    /** Creates the exception for a message; the text names id, type, version and reason, never the payload. */
    public UndecodableMessageException(EncodedMessage encoded, String reason, @Nullable Throwable cause) {
        super(
                "The message " + encoded.id() + " of type '" + encoded.type() + "' version " + encoded.schemaVersion()
                        + " cannot be decoded: " + reason,
                cause);
        this.encoded = encoded;
    }

    /** The message as it was found. */
    public EncodedMessage encoded() {
        return encoded;
    }
}
