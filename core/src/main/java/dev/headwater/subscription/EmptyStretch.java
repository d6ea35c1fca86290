package dev.headwater.subscription;

import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;

/**
 * A stretch of the log without anything to handle, over which the stored checkpoints move only when it is long, or at
 * leisure. Used by one thread.
 */
final class EmptyStretch<T> {

    private static final long LONG = 10_000;
    private static final Duration LEISURE = Duration.ofSeconds(1);

    private final String subscription;
    private final SubscriptionStorage<T> storage;
    private final OwnedSegments owned;

    /** Since when the stored checkpoints are behind; 0 when they are not, or that was not noticed yet. */
    private long since;

    EmptyStretch(String subscription, SubscriptionStorage<T> storage, OwnedSegments owned) {
        this.subscription = subscription;
        this.storage = storage;
        this.owned = owned;
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
        long now = System.nanoTime();
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
        var moves = owned.movesTo(owned.position());
        if (!moves.isEmpty()) {
            try (var page = storage.begin(subscription, owned.holding(), moves)) {
                page.commit();
            }
            owned.moved(moves);
        }
    }
}
