package dev.headwater.subscription;

import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Wakes the subscriptions for which something was appended. When several of a process want only some events, what was
 * appended is read once for all of them, and those that want nothing of it are not woken. While nothing is wanted it
 * rests most of the time, and reads more at once. Used by one thread, except {@link #wakeAll}.
 */
final class TailReader<T> {

    /** Fewer look for themselves, which costs no more. */
    private static final int WORTH_READING_FOR = 3;

    private static final int PAGE = 500;

    /** What is longer is no tail: everybody looks for itself. */
    private static final int PAGES = 4;

    /** After a look that concerned nobody it rests for so many times as long, so that appends have the machine. */
    private static final int REST = 4;

    /** What is wanted waits no longer than that because something before it was not. */
    private static final Duration LONGEST_REST = Duration.ofMillis(5);

    private final EventStore store;
    private final Supplier<List<RunningSubscription<T>>> running;
    private final LongSupplier nanoTime;
    private final Consumer<Duration> rest;

    /** Up to here those that want something were woken; -1 when that is not known. */
    private long seen = -1;

    /** Those for whom {@link #seen} holds. */
    private List<RunningSubscription<T>> seenFor = List.of();

    private boolean hasWoken;

    TailReader(EventStore store, Supplier<List<RunningSubscription<T>>> running) {
        this(store, running, System::nanoTime, TailReader::sleep);
    }

    TailReader(
            EventStore store,
            Supplier<List<RunningSubscription<T>>> running,
            LongSupplier nanoTime,
            Consumer<Duration> rest) {
        this.store = store;
        this.running = running;
        this.nanoTime = nanoTime;
        this.rest = rest;
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void wakeAll() {
        running.get().forEach(RunningSubscription::hint);
    }

    void wakeThoseConcerned() {
        var all = running.get();
        var selective = new ArrayList<RunningSubscription<T>>();
        for (var subscription : all) {
            if (subscription.wantsEverything()) {
                subscription.hint();
            } else {
                selective.add(subscription);
            }
        }
        if (selective.size() < WORTH_READING_FOR) {
            selective.forEach(RunningSubscription::hint);
            seen = -1;
        } else if (seen < 0 || !seenFor.equals(selective)) {
            seen = store.headPosition();
            seenFor = selective;
            selective.forEach(RunningSubscription::hint);
        } else {
            long began = nanoTime.getAsLong();
            long from = seen;
            seen = -1;
            seen = read(from, selective);
            if (!hasWoken) {
                rest.accept(Duration.ofNanos(Math.min(REST * (nanoTime.getAsLong() - began), LONGEST_REST.toNanos())));
            }
        }
    }

    /** Returns up to where it was read, or -1 when everybody looks for itself. */
    private long read(long from, List<RunningSubscription<T>> selective) {
        hasWoken = false;
        long after = from;
        for (int i = 0; i < PAGES; i++) {
            var page = store.readLogPage(after, EventQuery.all().withReserved(), PAGE);
            for (var subscription : selective) {
                if (page.events().stream().anyMatch(subscription::wants)) {
                    subscription.hint();
                    hasWoken = true;
                } else {
                    subscription.nothingWanted(after, page.through());
                }
            }
            after = page.through();
            if (page.end()) {
                return after;
            }
        }
        selective.forEach(RunningSubscription::hint);
        hasWoken = true;
        return -1;
    }
}
