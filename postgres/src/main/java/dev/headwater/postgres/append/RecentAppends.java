package dev.headwater.postgres.append;

import dev.headwater.store.spi.EncodedAppend;
import java.util.UUID;

/**
 * A hint at which appends this process has stored lately, by their first event: a repetition of one is then looked for
 * before it costs others anything. It forgets, and it may be wrong; both cost no more than time. Thread-safe.
 */
final class RecentAppends {

    private static final int SIZE = 1 << 15;

    private final long[] marks = new long[SIZE];

    void add(EncodedAppend append) {
        long mark = mark(append);
        marks[slot(mark)] = mark;
    }

    boolean mayHold(EncodedAppend append) {
        long mark = mark(append);
        return marks[slot(mark)] == mark;
    }

    private static long mark(EncodedAppend append) {
        UUID id = StoredAppends.firstId(append);
        return (id.getMostSignificantBits() * 31) ^ id.getLeastSignificantBits();
    }

    private static int slot(long mark) {
        long mixed = mark * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 32) & (SIZE - 1);
    }
}
