package dev.headwater.examples.shop.importing;

import org.jspecify.annotations.Nullable;

/**
 * A file cannot be imported. The message says in one line what was expected and found.
 *
 * <p>Nothing of it was imported, unless it was changed on the way, as the message then says.
 */
public final class UnusableFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnusableFileException(String message) {
        this(message, null);
    }

    UnusableFileException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
