package dev.headwater.aggregate;

import dev.headwater.store.StreamId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Has the callers in this process who want to change one stream wait for each other, in the order in which they came:
 * of those who load the same version only one can win. Two go at once, so that one who is slow holds up nobody.
 * Thread-safe.
 */
final class Turns {

    private static final int AT_ONCE = 2;

    private final long limitNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<StreamId, Line> lines = new HashMap<>();

    /**
     * Nobody waits.
     *
     * @param limit after which a caller goes without having its turn, since those before it may be held up
     */
    Turns(Duration limit) {
        this.limitNanos = limit.toNanos();
    }

    private static final class Line {
        private final Semaphore places = new Semaphore(AT_ONCE, true);
        private int callers;

        private boolean hasPlaceWithin(long nanos) {
            try {
                return places.tryAcquire(nanos, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    /** Does something behind the others; an interrupt ends the waiting, and is kept. */
    <T> T inTurn(StreamId stream, Supplier<T> work) {
        var line = join(stream);
        int places = 0;
        try {
            places = line.hasPlaceWithin(limitNanos) ? 1 : 0;
            return work.get();
        } finally {
            line.places.release(places);
            leave(stream, line);
        }
    }

    private Line join(StreamId stream) {
        lock.lock();
        try {
            var line = lines.computeIfAbsent(stream, key -> new Line());
            line.callers++;
            return line;
        } finally {
            lock.unlock();
        }
    }

    private void leave(StreamId stream, Line line) {
        lock.lock();
        try {
            if (--line.callers == 0) {
                lines.remove(stream);
            }
        } finally {
            lock.unlock();
        }
    }
}
