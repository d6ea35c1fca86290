package dev.headwater.postgres.append;

import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects concurrent appends into flights, so that many of them share one round trip and one disk flush.
 *
 * <p>There is no waiting time. An append that finds no flight under way leads one at once, alone. While a flight is
 * under way appends queue up; when it lands, the first in the queue leads the next one, which takes along everything
 * that may share a batch with it (see {@link AppendBatch}) and everybody who contends with a member, so nobody stands
 * in front of anybody (see {@link Flight}). Large appends queue up by themselves and fly alone, by turns with all
 * others: an append waits for one large one at most. The queue is bounded by events and bytes, so a slow database slows
 * its callers down instead of filling the memory.
 *
 * <p>A flight runs where an interrupt of its leader does not reach it: on a platform thread of its own when the leader
 * is virtual, since an interrupt there closes the socket, else on the leader's thread. Whatever is thrown, it lands:
 * its leader's first act afterwards is to say that it has landed, and whoever waits looks for that now and then. A
 * caller waits no longer than it wants to. Interrupted in the queue it is refused; once its append was sent it waits
 * for the answer, and its interrupt status is kept. Thread-safe.
 */
final class GroupCommit {

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    /** With so many events in the queue a batch is worth its flush, and its leader does not look for more. */
    private static final int FEW_EVENTS = 128;

    private static final int MAX_QUEUED_EVENTS = 4 * AppendBatch.MAX_EVENTS;
    private static final long MAX_QUEUED_BYTES = 8 * AppendBatch.MAX_BYTES;

    private static final AppendOutcome INTERRUPTED =
            new AppendOutcome.NotSent("The append was interrupted before it was sent", null);

    /** Platform threads, since the next flight of virtual callers must not stand in line behind all of the last one. */
    private static final Executor PILOTS = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().name("headwater flight").daemon().factory());

    private final Crew crew;
    private final Recognition recognition;
    private final Duration patience;
    private final Duration flightLimit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Deque<Waiter> queue = new ArrayDeque<>();
    private final Deque<Waiter> large = new ArrayDeque<>();
    private @Nullable Waiter pilot;
    private boolean isAfterLarge;
    /** Which versions streams had after the last flight. Guarded by the turns of the pilots. */
    private Map<StreamId, Long> lately = Map.of();

    private int queuedEvents;
    private long queuedBytes;

    /**
     * Creates a group commit.
     *
     * @param patience how long an append waits for room in the queue
     * @param flightLimit the longest time that a flight takes
     */
    GroupCommit(Duration patience, Duration flightLimit, Crew crew) {
        this.patience = patience;
        this.flightLimit = flightLimit;
        this.crew = crew;
        this.recognition = new Recognition(crew, PILOTS);
    }

    /**
     * Sends the append, alone or with others, and returns what became of it, in time for the deadline.
     *
     * @param isDoubtful whether an earlier call with it may have stored it; its caller waits also when interrupted
     */
    AppendOutcome submit(EncodedAppend append, long deadline, boolean isDoubtful) {
        if (!isDoubtful && Thread.currentThread().isInterrupted()) {
            return INTERRUPTED;
        }
        var waiter = new Waiter(append, deadline, isDoubtful);
        boolean interrupted = false;
        try {
            interrupted = Thread.interrupted();
            var refusal = tryBoard(waiter);
            if (refusal != null) {
                return refusal;
            }
            while (true) {
                interrupted |= Thread.interrupted();
                var outcome = waiter.outcome();
                if (outcome != null) {
                    return outcome;
                }
                if (waiter.nanosLeft() <= 0 || (interrupted && !isDoubtful)) {
                    outcome = giveUp(waiter, interrupted);
                    if (outcome != null) {
                        return outcome;
                    }
                }
                if (waiter.isCalled) {
                    lead(waiter);
                } else {
                    interrupted |= waiter.park(Math.max(1, waiter.nanosLeft()));
                    takeOverFromLost(waiter);
                }
            }
        } finally {
            if (!waiter.hasOutcome()) {
                giveUp(waiter, true); // something was thrown
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Takes off at once or queues up; an outcome when there is no room. */
    private @Nullable AppendOutcome tryBoard(Waiter waiter) {
        lock.lock();
        try {
            if (isFree()) {
                pilot = waiter;
                waiter.isCalled = true;
                return null;
            }
            var refusal = awaitRoom(waiter);
            if (refusal != null) {
                return refusal;
            }
            (waiter.isLarge() ? large : queue).add(waiter);
            queuedEvents += waiter.events;
            queuedBytes += waiter.bytes;
            if (isFree()) { // landed while this one waited for room
                callNext();
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private boolean isFree() {
        return pilot == null || pilot.hasLanded;
    }

    private @Nullable AppendOutcome awaitRoom(Waiter waiter) {
        long nanos = Math.min(patience.toNanos(), waiter.nanosLeft());
        while (queued() > 0
                && (queuedEvents + waiter.events > MAX_QUEUED_EVENTS
                        || queuedBytes + waiter.bytes > MAX_QUEUED_BYTES)) {
            if (nanos <= 0) {
                return new AppendOutcome.NotSent(
                        "The append found no room in the queue for " + patience.toSeconds() + " s: " + queued()
                                + " appends wait for the database",
                        null);
            }
            try {
                nanos = room.awaitNanos(nanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return INTERRUPTED;
            }
        }
        return null;
    }

    private int queued() {
        return queue.size() + large.size();
    }

    /** How many wait in the queue. */
    int waiting() {
        lock.lock();
        try {
            return queued();
        } finally {
            lock.unlock();
        }
    }

    /** The outcome of one who does not want to wait any more; null when it was sent and there is still time. */
    private @Nullable AppendOutcome giveUp(Waiter waiter, boolean interrupted) {
        lock.lock();
        try {
            var outcome = waiter.outcome();
            if (outcome != null) {
                return outcome;
            }
            if (withdraw(waiter)) {
                outcome = interrupted
                        ? INTERRUPTED
                        : new AppendOutcome.NotSent("The append had no turn in its time", null);
            } else if (waiter.nanosLeft() <= 0) {
                outcome = new AppendOutcome.Unknown(
                        new LostCall(new IllegalStateException("there was no answer in time"), LostCall.HIDDEN));
            } else {
                return null;
            }
            waiter.finish(outcome); // so that it is not called any more
            return outcome;
        } finally {
            lock.unlock();
        }
    }

    /** Takes it out of the queue, or passes its turn on; false when it is on its way. */
    private boolean withdraw(Waiter waiter) {
        if (waiter.isCalled) {
            waiter.isCalled = false;
            callNext();
            return true;
        }
        if (queue.remove(waiter) || large.remove(waiter)) {
            leave(waiter);
            return true;
        }
        return false;
    }

    private void leave(Waiter waiter) {
        queuedEvents -= waiter.events;
        queuedBytes -= waiter.bytes;
        room.signalAll();
    }

    /** Calls the next one to lead, or leaves the place free. */
    private void callNext() {
        var next = nextInTurn();
        while (next != null && next.hasOutcome()) {
            leave(next);
            next = nextInTurn();
        }
        pilot = next;
        if (next != null) {
            leave(next);
            next.hasLanded = false; // it may have led before, and another one had its place
            next.leadsFew = queuedEvents < FEW_EVENTS;
            if (!next.isVirtual() || !takesOff(next)) {
                next.call();
            }
        }
    }

    /** Flies for a virtual thread without waking it, since many others may stand in line for a carrier before it. */
    private boolean takesOff(Waiter leader) {
        try {
            PILOTS.execute(() -> fly(leader));
            return true;
        } catch (Throwable e) { // it tries for itself, and learns why not
            LOG.debug("No thread for a flight could be had", e);
            return false;
        }
    }

    private @Nullable Waiter nextInTurn() {
        boolean takesLarge = !large.isEmpty() && (queue.isEmpty() || !isAfterLarge);
        isAfterLarge = takesLarge;
        return takesLarge ? large.poll() : queue.poll();
    }

    /** Back to the front of the queue with those whom the flight could not settle, and on with the next one. */
    private void land(Waiter leader, @Nullable Flight flight) {
        leader.hasLanded = true;
        lock.lock();
        try {
            if (flight != null) {
                lately = flight.versions();
                for (var waiter : flight.leftOver().reversed()) {
                    if (!waiter.hasOutcome()) {
                        queue.addFirst(waiter);
                        queuedEvents += waiter.events;
                        queuedBytes += waiter.bytes;
                    }
                }
                flight.queued = queued();
            }
        } finally {
            try {
                if (pilot == leader) {
                    callNext();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Leads in place of a pilot who has landed without having been able to call the next one. */
    private void takeOverFromLost(Waiter waiter) {
        if (waiter.hasOutcome()) {
            return;
        }
        lock.lock();
        try {
            if (isFree() && queued() > 0) {
                callNext();
            }
        } finally {
            lock.unlock();
        }
    }

    private void lead(Waiter waiter) {
        waiter.isCalled = false;
        if (!Thread.currentThread().isVirtual() && waiter.nanosLeft() > flightLimit.toNanos()) {
            fly(waiter);
            return;
        }
        boolean hasStarted = false;
        try {
            PILOTS.execute(() -> fly(waiter));
            hasStarted = true;
        } finally {
            if (!hasStarted) {
                land(waiter, null);
            }
        }
    }

    /** Those who have just landed often append again at once; they may come along. A hint to the scheduler, no more. */
    @SuppressWarnings("ThreadPriorityCheck")
    private static void letOthersCatchUp(Waiter leader) {
        if (leader.leadsFew) {
            Thread.yield();
        }
    }

    private void fly(Waiter leader) {
        Flight flight = null;
        long began = System.nanoTime();
        AppendOutcome ifBrokenOff = new AppendOutcome.NotSent("The append was broken off before it was sent", null);
        List<Flight.Refused> refused = List.of();
        try {
            letOthersCatchUp(leader);
            flight = new Flight(leader, lately);
            collect(flight, leader);
            ifBrokenOff =
                    new AppendOutcome.Unknown(new LostCall(new IllegalStateException("broken off"), LostCall.HIDDEN));
            refused = flight.settle(crew.send(flight.batch(), flight.isDoubtful()));
        } catch (Throwable e) { // whoever leads lands, and everybody is told
            leader.finish(ifBrokenOff);
            if (flight != null) {
                flight.breakOff(ifBrokenOff);
            }
            LOG.error("A flight of appends was broken off", e);
        } finally {
            land(leader, flight);
        }
        recognition.look(refused, leader);
        if (flight != null) {
            crew.landed(flight.batch(), flight.queued, System.nanoTime() - began);
        }
    }

    /** Takes along what the leader's flight can hold, in the order of arrival. */
    private void collect(Flight flight, Waiter leader) {
        if (leader.isLarge()) {
            return;
        }
        lock.lock();
        try {
            while (!queue.isEmpty() && !flight.isFull() && flight.board(queue.peekFirst())) {
                leave(queue.removeFirst());
            }
        } finally {
            lock.unlock();
        }
    }
}
