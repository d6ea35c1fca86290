package dev.headwater.postgres.faults;

import dev.headwater.store.AppendOutcomeUnknownException;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StreamId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Appends one event after another, to a stream of its own, to one that all callers share, or to both, and tells a
 * journal what it means to do and what it was told. An append of unknown outcome is repeated, as the store advises.
 * Runs on one thread; what it counts may be asked for by others.
 */
final class Caller implements Runnable {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final EventStore store;
    private final int number;
    private final SplittableRandom random;
    private final Consumer<Entry> journal;
    private final StreamId own;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicLong unavailable = new AtomicLong();
    private volatile boolean stopped;
    private volatile long calledAt;
    private volatile boolean calling;
    private volatile long longestNanos;
    private long ownVersion;

    Caller(EventStore store, int number, SplittableRandom random, Consumer<Entry> journal) {
        this.store = store;
        this.number = number;
        this.random = random;
        this.journal = journal;
        this.own = Streams.own(0, number, 0);
    }

    @Override
    public void run() {
        for (int n = 0; !stopped; n++) {
            settle(next("0." + number + "." + n));
        }
    }

    private Intent next(String key) {
        var mine = Intent.Part.of(own, ExpectedVersion.exactly(ownVersion), 1 + random.nextInt(2));
        var shared = Intent.Part.of(Streams.hot(0), ExpectedVersion.any(), 1);
        var parts = switch (random.nextInt(3)) {
            case 0 -> List.of(mine);
            case 1 -> List.of(shared);
            default -> List.of(mine, shared);
        };
        return new Intent(key, Optional.empty(), parts);
    }

    private void settle(Intent intent) {
        journal.accept(new Entry.Meant(intent));
        boolean mayBeStored = false;
        while (true) {
            try {
                call(intent);
                return;
            } catch (StoreUnavailableException e) {
                unavailable.incrementAndGet();
                if (!mayBeStored) {
                    journal.accept(new Entry.NothingStored(intent.key()));
                    pause();
                    return;
                }
            } catch (AppendOutcomeUnknownException e) {
                unknown.incrementAndGet();
                journal.accept(new Entry.Unknown(intent.key()));
                mayBeStored = true;
            }
            if (stopped) {
                return;
            }
            pause();
        }
    }

    private void call(Intent intent) {
        var append = intent.toAppend();
        calledAt = System.nanoTime();
        calling = true;
        try {
            var result = store.append(append);
            journal.accept(new Entry.Acknowledged(intent.key(), result));
            ownVersion = result.versions().getOrDefault(own, ownVersion);
            acknowledged.incrementAndGet();
        } finally {
            calling = false;
            Thread.interrupted(); // whoever interrupts means this call, not the next
            longestNanos = Math.max(longestNanos, System.nanoTime() - calledAt);
        }
    }

    private static void pause() {
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    boolean isCalling() {
        return calling;
    }

    /** Makes the append at hand its last. */
    void stop() {
        stopped = true;
    }

    long acknowledged() {
        return acknowledged.get();
    }

    /** How many calls ended without a known outcome. */
    long unknown() {
        return unknown.get();
    }

    /** How many calls ended with the answer that nothing was stored. */
    long unavailable() {
        return unavailable.get();
    }

    /** The longest time that a call has taken, the one under way included. */
    Duration longest() {
        long underWay = calling ? System.nanoTime() - calledAt : 0;
        return Duration.ofNanos(Math.max(underWay, longestNanos));
    }
}
