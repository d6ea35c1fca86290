package dev.headwater;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Makes UUIDs of version 7: a millisecond time stamp, a counter that keeps the ids of one thread in order, and random
 * bits.
 *
 * <p>In the 12 bits that RFC 9562 calls {@code rand_a} stands a counter (its method 1); when a thread asks for more than
 * 4,096 ids within one millisecond the time stamp runs ahead instead of repeating, and a clock that is set back does not
 * bring ids back. Threads that make ids at once do not wait for one another; their ids are in order by the millisecond.
 * Thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9562#section-5.7">RFC 9562, section 5.7</a>
 */
public final class UuidV7 {

    private static final int COUNTER_BITS = 12;
    private static final long VERSION = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    /** A power of two; threads of neighbouring numbers have different places. */
    private static final int PLACES =
            Math.min(64, Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4);

    /** So far apart, in longs, that no two places share a cache line or its neighbour. */
    private static final int DISTANCE = 16;

    /** The last time stamps and counters given out, each as one number: milliseconds, then 12 bits of counter. */
    private static final AtomicLongArray LAST = new AtomicLongArray(PLACES * DISTANCE);

    private UuidV7() {}

    /** The next id: greater than every id that this thread made before. */
    public static UUID next() {
        long now = System.currentTimeMillis() << COUNTER_BITS;
        int place = ((int) Thread.currentThread().threadId() & (PLACES - 1)) * DISTANCE;
        long tick = LAST.updateAndGet(place, last -> Math.max(last + 1, now));
        long high = ((tick >>> COUNTER_BITS) << 16) | VERSION | (tick & 0xFFF);
        long low = (ThreadLocalRandom.current().nextLong() >>> 2) | VARIANT;
        return new UUID(high, low);
    }
}
