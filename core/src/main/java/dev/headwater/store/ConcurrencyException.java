package dev.headwater.store;

import dev.headwater.HeadwaterException;

/**
 * Another writer was first: the stream is not at the expected version. Nothing was stored; read again, decide again,
 * append again.
 */
public final class ConcurrencyException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final transient StreamId stream;
    private final transient ExpectedVersion expected;
    private final long actualVersion;

    /** Creates the exception for a stream that is at {@code actualVersion} (0 when it has no events). */
    public ConcurrencyException(StreamId stream, ExpectedVersion expected, long actualVersion) {
        super(
                "The stream '" + stream + "' was expected to have " + expected.describe() + " but has "
                        + (actualVersion == 0 ? "no events" : "version " + actualVersion)
                        + ": nothing was stored; read it again and decide again",
                null);
        this.stream = stream;
        this.expected = expected;
        this.actualVersion = actualVersion;
    }

    /** The stream that was not as expected. */
    public StreamId stream() {
        return stream;
    }

    /** What was expected of it. */
    public ExpectedVersion expected() {
        return expected;
    }

    /** The version that it has; 0 when it has no events. */
    public long actualVersion() {
        return actualVersion;
    }
}
