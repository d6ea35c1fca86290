package dev.headwater.postgres.read;

import dev.headwater.store.spi.EncodedEvent;
import java.util.List;

/**
 * How many rows a page takes so that it holds about {@value #PAGE_BYTES} bytes, going by the pages before: begins with
 * few, at most doubles from page to page, and falls at once. With {@link EventRows#MAX_LARGE} and the limits of an
 * event this bounds a page also where the log changes its nature. Thread-safe; readers of different places only cost
 * each other a round trip more.
 */
final class PageRows {

    static final int PAGE_BYTES = 4 * 1024 * 1024;

    private static final int FIRST_ROWS = 128;
    private static final int MOST_ROWS = 2048;

    private volatile int rows = FIRST_ROWS;

    /** How many rows to ask for. */
    int within(int limit) {
        return Math.min(limit, rows);
    }

    /** Learns from a page that was asked for so many rows. */
    void learn(List<EncodedEvent> page, int asked) {
        if (page.isEmpty()) {
            return;
        }
        long bytes = 1;
        for (var event : page) {
            bytes += event.bytes();
        }
        long fitting = Math.max(1, (long) PAGE_BYTES * page.size() / bytes);
        int before = rows;
        if (fitting < before) {
            rows = (int) fitting;
        } else if (page.size() == asked && asked == before) {
            rows = (int) Math.min(Math.min(2L * before, fitting), MOST_ROWS);
        }
    }
}
