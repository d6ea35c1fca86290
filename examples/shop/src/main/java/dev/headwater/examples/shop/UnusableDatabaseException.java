package dev.headwater.examples.shop;

/** The database that was given cannot be used; nothing was changed in it. */
final class UnusableDatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnusableDatabaseException(String message) {
        super(message);
    }

    UnusableDatabaseException(String message, Exception cause) {
        super(message, cause);
    }
}
