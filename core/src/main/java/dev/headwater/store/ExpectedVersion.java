package dev.headwater.store;

/**
 * What a stream must look like for an append to be accepted: a closed choice.
 *
 * <p>It is checked in the same critical section in which the events are written, so of several writers that expect the
 * same version exactly one wins.
 */
public sealed interface ExpectedVersion {

    /** The stream may be in any state, so the append is never refused for its version. */
    record Any() implements ExpectedVersion {
        private static final Any INSTANCE = new Any();
    }

    /** The stream must hold no event yet. */
    record NoStream() implements ExpectedVersion {
        private static final NoStream INSTANCE = new NoStream();
    }

    /** The stream must hold at least one event. */
    record StreamExists() implements ExpectedVersion {
        private static final StreamExists INSTANCE = new StreamExists();
    }

    /**
     * The last event of the stream must have this version.
     *
     * @param version 1 or more
     */
    record Exactly(long version) implements ExpectedVersion {
        /** Checks the version. */
        public Exactly {
            if (version < 1) {
                throw new IllegalArgumentException("The expected version is " + version
                        + ": versions count from 1; use noStream() for a stream without events");
            }
        }
    }

    /** Accepts any state of the stream. */
    static ExpectedVersion any() {
        return Any.INSTANCE;
    }

    /** Accepts only a stream without events. */
    static ExpectedVersion noStream() {
        return NoStream.INSTANCE;
    }

    /** Accepts only a stream with events. */
    static ExpectedVersion streamExists() {
        return StreamExists.INSTANCE;
    }

    /** Accepts only a stream whose last event has this version; 0 is the same as {@link #noStream()}. */
    static ExpectedVersion exactly(long version) {
        return version == 0 ? noStream() : new Exactly(version);
    }

    /** Whether a stream that ends at {@code currentVersion} (0 when it has no events) is accepted. */
    default boolean accepts(long currentVersion) {
        return switch (this) {
            case Any() -> true;
            case NoStream() -> currentVersion == 0;
            case StreamExists() -> currentVersion > 0;
            case Exactly(long version) -> currentVersion == version;
        };
    }

    /** The expectation in words, for error messages. */
    default String describe() {
        return switch (this) {
            case Any() -> "any version";
            case NoStream() -> "no events";
            case StreamExists() -> "at least one event";
            case Exactly(long version) -> "version " + version;
        };
    }
}
