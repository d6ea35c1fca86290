package dev.headwater.postgres.faults;

import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;

/** The streams of the campaign, by who writes to them. */
final class Streams {

    private static final String OWN = "own";

    private Streams() {}

    /** One of the streams that only this writer of this worker writes to. */
    static StreamId own(int worker, int writer, int number) {
        return StreamId.of(OWN, worker + "." + writer + "." + number);
    }

    /** A stream that everybody appends to at any version. */
    static StreamId hot(int number) {
        return StreamId.of("hot", Integer.toString(number));
    }

    /** The stream whose versions everybody fights for. */
    static StreamId contended() {
        return StreamId.of("contended", "1");
    }

    /**
     * Whether the append has its streams for itself where it expects a version, so that there is no reason to refuse.
     */
    static boolean isOwn(Intent intent) {
        return intent.seat().isEmpty()
                && intent.parts().stream()
                        .allMatch(part -> part.expected() instanceof ExpectedVersion.Any
                                || part.stream().category().equals(OWN));
    }
}
