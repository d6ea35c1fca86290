package dev.headwater.subscription;

import java.time.Duration;

/**
 * A stretch of the log without anything to handle, over which the stored checkpoints move only when it is long, or at
 * leisure. Used by one thread.
 */
final class EmptyStretch<T> {

    private static final long LONG = 10_000;
    private static final Duration LEISURE = Duration.ofSeconds(1);

    private final WorkPlace<T> place;
    private final OwnedSegments owned;

    /** Since when the stored checkpoints are behind; 0 when they are not, or that was not noticed yet. */
    private long since;

    EmptyStretch(WorkPlace<T> place) {
        this.place = place;
        this.owned = place.owned();
    }

    /** Stores how far it reaches if that is worth a write by now. */
    void storeIfLong() throws Exception {
        if (owned.unstored() >= LONG) {
            store();
        }
    }

    /** Stores how far it reaches if that has waited for a while; otherwise the time after which to ask again. */
    Duration storeAtLeisure(Duration atMost) throws Exception {
        if (owned.isStored()) {
            return atMost;
        }
        long now = place.settings().nanoTime();
        if (since == 0) {
            since = now;
        }
        if (now - since < LEISURE.toNanos()) {
            return LEISURE;
        }
        since = 0;
        store();
        return atMost;
    }

    private void store() throws Exception {
        var moves = owned.moves();
        if (!moves.isEmpty()) {
            try (var page = place.storage().begin(place.name(), owned.holding(), moves)) {
                page.commit();
            }
            owned.moved(moves);
        }
    }
}
