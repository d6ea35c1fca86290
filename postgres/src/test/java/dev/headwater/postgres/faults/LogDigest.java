package dev.headwater.postgres.faults;

import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import java.util.Objects;

/**
 * A fingerprint of the log up to a position, event by event: position, id, stream and version.
 *
 * @param position the last position that went into it
 * @param hash equal for equal logs, and most likely only for those
 */
record LogDigest(long position, long hash) {

    static final LogDigest EMPTY = new LogDigest(0, 0);

    /** The fingerprint with the next event, which must not leave a gap. */
    LogDigest plus(StoredEvent event) {
        Verdict.require(event.position() == position + 1, "Expected position %d for the event %s", position + 1, event);
        long bits =
                event.id().getMostSignificantBits() ^ Long.rotateLeft(event.id().getLeastSignificantBits(), 17);
        long place = Objects.hash(event.position(), event.stream(), event.version());
        return new LogDigest(event.position(), (hash ^ bits ^ place) * 0x9E3779B97F4A7C15L + Long.rotateLeft(hash, 29));
    }

    /** Reads a log from the first event. */
    static LogDigest of(EventStore store, long to) {
        var digest = EMPTY;
        var events = store.readLog(0).takeWhile(event -> event.position() <= to).iterator();
        while (events.hasNext()) {
            digest = digest.plus(events.next());
        }
        return digest;
    }
}
