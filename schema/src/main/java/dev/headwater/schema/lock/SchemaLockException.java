package dev.headwater.schema.lock;

import dev.headwater.HeadwaterException;
import org.jspecify.annotations.Nullable;

/** The schema lock does not match the code, or cannot be read; the message says all of it. */
public final class SchemaLockException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    SchemaLockException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
