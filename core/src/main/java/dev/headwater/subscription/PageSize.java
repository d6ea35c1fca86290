package dev.headwater.subscription;

import dev.headwater.store.StoredEvent;
import java.util.List;

/** How many events are read at once, so that a page stays within a number of bytes. Used by one thread. */
final class PageSize {

    private static final long MOST_BYTES = 16 << 20;
    /** The first page, of events whose size nobody knows yet. */
    private static final int FIRST = 500;

    private final int most;
    private int next;

    PageSize(int most) {
        this.most = most;
        this.next = Math.min(most, FIRST);
    }

    int next() {
        return next;
    }

    /** Learns from the events of a page how many of such are few enough. */
    void learn(List<StoredEvent> page) {
        if (!page.isEmpty()) {
            long bytes = page.stream().mapToLong(StoredEvent::bytes).sum();
            long each = Math.max(1, bytes / page.size());
            next = (int) Math.clamp(MOST_BYTES / each, 1, Math.min(most, Math.max(FIRST, 2L * page.size())));
        }
    }
}
