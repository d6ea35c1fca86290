package dev.headwater.postgres.faults;

/**
 * Findings about the log; conditions are checked millions of times, so the words are only put together for a failure.
 */
@SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency for nothing but this
final class Verdict {

    private Verdict() {}

    static void require(boolean condition, String message, Object... arguments) {
        if (!condition) {
            throw failure(message, arguments);
        }
    }

    static AssertionError failure(String message, Object... arguments) {
        return new AssertionError(message.formatted(arguments));
    }
}
