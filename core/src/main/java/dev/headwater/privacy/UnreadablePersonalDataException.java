package dev.headwater.privacy;

import dev.headwater.HeadwaterException;
import org.jspecify.annotations.Nullable;

/**
 * Personal data that cannot be decrypted although nobody asked for it to be forgotten: a key is missing, or it was
 * altered.
 */
public final class UnreadablePersonalDataException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message names the subject and the reason, never a value. */
    public UnreadablePersonalDataException(String subject, String reason, @Nullable Throwable cause) {
        super("Personal data about the subject '" + subject + "' cannot be read: " + reason, cause);
    }
}
