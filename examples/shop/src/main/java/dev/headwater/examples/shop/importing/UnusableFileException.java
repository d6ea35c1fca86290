package dev.headwater.examples.shop.importing;

import org.jspecify.annotations.Nullable;

/** A file cannot be imported; nothing of it was. The message says in one line what was expected and found. */
public final class UnusableFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnusableFileException(String message) {
        this(message, null);
    }

    UnusableFileException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
