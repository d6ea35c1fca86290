package dev.headwater.testkit;

import dev.headwater.store.AppendResult;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.Page;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Storages with one bug each that shows itself only when appends overlap.
 *
 * <p>Each waits a moment at the place where a real storage would be unlucky, so that the bad luck strikes in every run.
 */
final class RacingBugs {

    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private RacingBugs() {}

    /**
     * Gives out positions before the commit, as a sequence does: an append that commits late appears behind the back of
     * a reader who has seen later positions.
     */
    static final class SkipsALateCommitter extends ForwardingStorage {
        private static final int ONE_IN = 40;

        private final AtomicInteger appends = new AtomicInteger();
        private final AtomicLong seen = new AtomicLong();
        private final Set<Long> uncommitted = ConcurrentHashMap.newKeySet();

        @Override
        public AppendResult append(EncodedAppend append) {
            return appends.incrementAndGet() % ONE_IN == 0 ? appendLate(append) : super.append(append);
        }

        private AppendResult appendLate(EncodedAppend append) {
            AppendResult result;
            synchronized (this) {
                result = super.append(append);
                for (long position = result.firstPosition(); position <= result.lastPosition(); position++) {
                    uncommitted.add(position);
                }
            }
            waitFor(() -> seen.get() > result.lastPosition());
            for (long position = result.firstPosition(); position <= result.lastPosition(); position++) {
                uncommitted.remove(position);
            }
            return result;
        }

        @Override
        public synchronized Page readStream(StreamId stream, Direction direction, long beyond, int limit) {
            return committed(super.readStream(stream, direction, beyond, limit));
        }

        @Override
        public synchronized Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
            var page = committed(super.readLog(query, direction, beyond, limit));
            page.events().forEach(event -> seen.accumulateAndGet(event.position(), Math::max));
            return page;
        }

        private Page committed(Page page) {
            List<EncodedEvent> visible = page.events().stream()
                    .filter(event -> !uncommitted.contains(event.position()))
                    .toList();
            return new Page(visible, page.through(), page.end());
        }
    }

    /** Checks a condition before the critical section instead of in it. */
    static final class AcceptsTwoWinnersOfACondition extends ForwardingStorage {
        private final AtomicInteger accepted = new AtomicInteger();

        @Override
        public AppendResult append(EncodedAppend append) {
            if (append.condition().isEmpty() || conflicts(append)) {
                return super.append(append);
            }
            int mine = accepted.incrementAndGet();
            waitFor(() -> accepted.get() > mine);
            return super.append(new EncodedAppend(append.parts(), Optional.empty()));
        }

        private boolean conflicts(EncodedAppend append) {
            var condition = append.condition().orElseThrow();
            return !super.readLog(condition.query(), Direction.FORWARDS, condition.after(), 1)
                    .events()
                    .isEmpty();
        }
    }

    private static void waitFor(BooleanSupplier badLuck) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!badLuck.getAsBoolean() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
