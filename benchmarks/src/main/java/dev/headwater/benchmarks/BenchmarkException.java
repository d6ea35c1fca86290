package dev.headwater.benchmarks;

import org.jspecify.annotations.Nullable;

/** A reason not to measure, or not to go on, that the user can understand and act on. */
final class BenchmarkException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BenchmarkException(String message) {
        this(message, null);
    }

    BenchmarkException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
