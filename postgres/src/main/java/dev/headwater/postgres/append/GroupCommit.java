package dev.headwater.postgres.append;

import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.spi.EncodedAppend;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Collects concurrent appends into batches, so that many of them share one round trip and one disk flush.
 *
 * <p>There is no thread of its own and no waiting time. An append that finds a flight free leaves at once, alone, on
 * its caller's thread. While all flights are under way appends queue up; a flight that lands hands its place to the
 * first in the queue, whose thread then takes along everything that may share a batch with it (see
 * {@link AppendBatch}). What does not fit keeps its place in the queue. The queue is bounded by events and bytes, so a
 * slow database slows its callers down instead of filling the memory. Thread-safe; a waiting caller cannot be
 * interrupted out of the queue, its interrupt status is kept.
 */
final class GroupCommit {

    /** The most appends that are looked at and left behind while a batch is being collected. */
    private static final int MAX_LEFT_BEHIND = 256;

    /** With so many events in the queue a batch is worth its flush, and its leader does not look for more. */
    private static final int FEW_EVENTS = 128;

    private static final int MAX_QUEUED_EVENTS = 4 * AppendBatch.MAX_EVENTS;
    private static final long MAX_QUEUED_BYTES = 8 * AppendBatch.MAX_BYTES;

    private final Function<AppendBatch, List<? extends AppendOutcome>> flush;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Deque<Waiter> queue = new ArrayDeque<>();
    private boolean flying;
    private int queuedEvents;
    private long queuedBytes;

    /**
     * Creates a group commit.
     *
     * @param patience how long an append waits for room in the queue
     * @param flush sends a batch and returns one outcome per append
     */
    GroupCommit(Duration patience, Function<AppendBatch, List<? extends AppendOutcome>> flush) {
        this.patience = patience;
        this.flush = flush;
    }

    /**
     * A batch about to be sent.
     *
     * @param batch the append of the thread that sends it, then those of the passengers
     * @param passengers the other callers, in the order of the batch
     */
    private record Flight(AppendBatch batch, List<Waiter> passengers) {}

    private static final class Waiter {
        final EncodedAppend append;
        final int events;
        final long bytes;
        final Thread thread = Thread.currentThread();
        boolean leadsFew;
        volatile boolean leads;
        volatile @Nullable AppendOutcome outcome;

        Waiter(EncodedAppend append) {
            this.append = append;
            this.events = append.size();
            this.bytes = append.bytes();
        }

        void await() {
            boolean interrupted = false;
            while (outcome == null && !leads) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                thread.interrupt();
            }
        }

        void finish(AppendOutcome result) {
            outcome = result;
            LockSupport.unpark(thread);
        }

        void lead(boolean few) {
            leadsFew = few;
            leads = true;
            LockSupport.unpark(thread);
        }
    }

    /** Sends the append, alone or with others, and returns what became of it. */
    AppendOutcome submit(EncodedAppend append) {
        var waiter = takeOff(append);
        if (waiter == null) {
            return fly(new Flight(AppendBatch.of(append), List.of()));
        }
        waiter.await();
        var outcome = waiter.outcome;
        if (outcome != null) {
            return outcome;
        }
        if (waiter.leadsFew) {
            letOthersCatchUp();
        }
        return fly(collect(waiter));
    }

    /** Those who have just landed often append again at once; they may come along. A hint to the scheduler, no more. */
    @SuppressWarnings("ThreadPriorityCheck")
    private static void letOthersCatchUp() {
        Thread.yield();
    }

    /** Takes off at once, or queues up and returns the place in the queue. */
    private @Nullable Waiter takeOff(EncodedAppend append) {
        lock.lock();
        try {
            if (!flying) {
                flying = true;
                return null;
            }
            var waiter = new Waiter(append);
            awaitRoom(waiter);
            queue.add(waiter);
            queuedEvents += waiter.events;
            queuedBytes += waiter.bytes;
            if (!flying) { // landed while this one waited for room
                flying = true;
                leave(queue.removeFirst()).lead(queuedEvents < FEW_EVENTS);
            }
            return waiter;
        } finally {
            lock.unlock();
        }
    }

    private void awaitRoom(Waiter waiter) {
        long nanos = patience.toNanos();
        while (!queue.isEmpty()
                && (queuedEvents + waiter.events > MAX_QUEUED_EVENTS
                        || queuedBytes + waiter.bytes > MAX_QUEUED_BYTES)) {
            if (nanos <= 0) {
                throw new StoreUnavailableException(
                        "The append found no room in the queue for " + patience.toSeconds() + " s: " + queue.size()
                                + " appends wait for the database; nothing was stored, try again later",
                        null);
            }
            try {
                nanos = room.awaitNanos(nanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreUnavailableException(
                        "The append was interrupted while it waited for room in the queue; nothing was stored", e);
            }
        }
    }

    private Waiter leave(Waiter waiter) {
        queuedEvents -= waiter.events;
        queuedBytes -= waiter.bytes;
        return waiter;
    }

    /** Takes along what the leader's batch can hold, in the order of arrival. */
    private Flight collect(Waiter leader) {
        var passengers = new ArrayList<Waiter>();
        var batch = AppendBatch.of(leader.append);
        var leftBehind = new ArrayList<Waiter>();
        lock.lock();
        try {
            while (!queue.isEmpty() && !batch.isFull() && leftBehind.size() < MAX_LEFT_BEHIND) {
                var next = queue.removeFirst();
                if (batch.tryAdd(next.append)) {
                    passengers.add(leave(next));
                } else {
                    leftBehind.add(next);
                }
            }
            leftBehind.reversed().forEach(queue::addFirst);
            room.signalAll();
        } finally {
            lock.unlock();
        }
        return new Flight(batch, passengers);
    }

    /** Sends the batch, whose first append is the caller's own, and hands the place on. */
    private AppendOutcome fly(Flight flight) {
        List<? extends AppendOutcome> outcomes = null;
        try {
            outcomes = flush.apply(flight.batch());
            return outcomes.getFirst();
        } finally {
            for (int i = 0; i < flight.passengers().size(); i++) {
                flight.passengers().get(i).finish(outcomes == null ? brokenOff() : outcomes.get(i + 1));
            }
            land();
        }
    }

    private static AppendOutcome brokenOff() {
        return new AppendOutcome.Unknown(new SQLException("The call to the server was broken off"), 0);
    }

    private void land() {
        lock.lock();
        try {
            var next = queue.pollFirst();
            if (next == null) {
                flying = false;
            } else {
                leave(next).lead(queuedEvents < FEW_EVENTS);
            }
        } finally {
            lock.unlock();
        }
    }
}
