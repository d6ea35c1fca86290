package dev.headwater.bus;

import dev.headwater.Envelope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Delivers on virtual threads, in order per handler and key.
 *
 * <p>Every handler has a queue of its own, and in it a lane for each key that has something to do. A lane is a virtual
 * thread that invokes the handler on one event after the other and ends when nothing waits: so order is kept within a
 * lane, lanes run in parallel, a slow handler holds up nobody else, and an idle key costs nothing.
 *
 * <p>One lock guards all bookkeeping, and no handler runs under it. Because an event enters all its queues in one step,
 * it is accepted by all its handlers or by none, and handlers agree on the order within a key.
 *
 * <p>A publisher waits while one of its queues is full. A publisher that is itself a lane does not: lanes that wait for
 * each other's room would wait for ever. What it publishes is accepted beyond the bound.
 */
final class AsynchronousDelivery implements Delivery {

    /** The bus for which the current thread runs a lane, if it does. */
    private static final ThreadLocal<@Nullable AsynchronousDelivery> LANE_OF = new ThreadLocal<>();

    private enum State {
        OPEN,
        /** Only handlers may publish, because what they publish belongs to what was accepted. */
        DRAINING,
        ABANDONED
    }

    private final Function<? super Envelope<?>, ?> sequenceKey;
    private final int capacity;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition drained = lock.newCondition();
    private final Map<RegisteredHandler, HandlerQueue> queues = new HashMap<>();
    private State state = State.OPEN;

    /** Deliveries accepted and not finished, over all queues. */
    private long pending;

    AsynchronousDelivery(Function<? super Envelope<?>, ?> sequenceKey, int capacity) {
        this.sequenceKey = sequenceKey;
        this.capacity = capacity;
    }

    @Override
    public void deliver(Envelope<?> envelope, List<RegisteredHandler> handlers) {
        var key = keyOf(envelope);
        lock.lock();
        try {
            if (LANE_OF.get() == null) {
                awaitRoom(handlers);
            }
            if (state != State.OPEN && !(state == State.DRAINING && onHandlerThread())) {
                throw Delivery.closed();
            }
            for (var handler : handlers) {
                enqueue(handler, key, envelope);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PublishInterruptedException(
                    "Interrupted while waiting for room in the queue of a handler; no handler gets the "
                            + envelope.message().getClass().getName() + " " + envelope.id(),
                    e);
        } finally {
            lock.unlock();
        }
    }

    private Object keyOf(Envelope<?> envelope) {
        Object key = sequenceKey.apply(envelope);
        if (key == null) {
            throw new IllegalArgumentException("The function given to orderedBy returned null for "
                    + envelope.message().getClass().getName() + " " + envelope.id()
                    + ": expected a key; where order does not matter, use the id of the envelope");
        }
        return key;
    }

    /** Returns when every handler has room, or when the bus is being closed. */
    private void awaitRoom(List<RegisteredHandler> handlers) throws InterruptedException {
        var full = firstFull(handlers);
        while (full != null && state == State.OPEN) {
            full.room.await();
            var nextFull = firstFull(handlers);
            if (nextFull != null && nextFull != full) {
                // The room that this thread was woken for is not taken yet, so another may have it.
                full.room.signal();
            }
            full = nextFull;
        }
    }

    private @Nullable HandlerQueue firstFull(List<RegisteredHandler> handlers) {
        for (var handler : handlers) {
            var queue = queues.get(handler);
            if (queue != null && queue.size >= capacity && !handler.isClosed()) {
                return queue;
            }
        }
        return null;
    }

    private void enqueue(RegisteredHandler handler, Object key, Envelope<?> envelope) {
        if (handler.isClosed()) {
            return;
        }
        var queue = queues.computeIfAbsent(handler, newHandler -> new HandlerQueue(newHandler, lock.newCondition()));
        var lane = queue.lanes.get(key);
        if (lane == null) {
            queue.lanes.put(key, startLane(queue, key, envelope));
        } else {
            lane.waiting.add(envelope);
        }
        queue.size++;
        pending++;
    }

    private Lane startLane(HandlerQueue queue, Object key, Envelope<?> first) {
        var lane = new Lane(queue, key);
        lane.thread = Thread.ofVirtual().name(queue.handler.name()).start(() -> run(lane, first));
        return lane;
    }

    private void run(Lane lane, Envelope<?> first) {
        LANE_OF.set(this);
        for (var next = first; next != null; next = finishAndTakeNext(lane)) {
            lane.queue.handler.invoke(next);
            Thread.interrupted(); // An interrupt flag that one event left behind is not for the next.
        }
    }

    /** Accounts for the event that a lane has finished, and gives it the next one; null ends the lane. */
    private @Nullable Envelope<?> finishAndTakeNext(Lane lane) {
        lock.lock();
        try {
            var queue = lane.queue;
            forget(queue, 1);
            queue.room.signal();
            var next = lane.waiting.poll();
            if (next == null) {
                queue.lanes.remove(lane.key);
                removeIfRetired(queue);
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void forget(HandlerQueue queue, int deliveries) {
        queue.size -= deliveries;
        pending -= deliveries;
        if (pending == 0) {
            drained.signalAll();
        }
    }

    private void removeIfRetired(HandlerQueue queue) {
        if (queue.lanes.isEmpty() && queue.handler.isClosed()) {
            queues.remove(queue.handler);
        }
    }

    @Override
    public void discard(RegisteredHandler closed) {
        lock.lock();
        try {
            var queue = queues.get(closed);
            if (queue != null) {
                takeAllWaiting(queue);
                removeIfRetired(queue);
                queue.room.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private List<Envelope<?>> takeAllWaiting(HandlerQueue queue) {
        var taken = new ArrayList<Envelope<?>>();
        for (var lane : queue.lanes.values()) {
            taken.addAll(lane.waiting);
            lane.waiting.clear();
        }
        forget(queue, taken.size());
        return taken;
    }

    @Override
    public boolean onHandlerThread() {
        return LANE_OF.get() == this;
    }

    @Override
    public boolean close(long nanos) {
        Map<RegisteredHandler, List<Envelope<?>>> undelivered;
        lock.lock();
        try {
            if (state == State.OPEN) {
                state = State.DRAINING;
                queues.values().forEach(queue -> queue.room.signalAll());
            }
            if (onHandlerThread()) {
                return false;
            }
            if (awaitDrained(nanos)) {
                return state == State.DRAINING;
            }
            undelivered = abandon();
        } finally {
            lock.unlock();
        }
        undelivered.forEach((handler, events) -> events.forEach(event -> handler.report(
                event, new CancellationException("The event bus was closed before it was this handler's turn"))));
        return false;
    }

    private boolean awaitDrained(long nanos) {
        long left = nanos;
        try {
            while (pending > 0 && left > 0) {
                left = drained.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return pending == 0;
    }

    /** Interrupts the handlers that are running, and returns what the others will not get. */
    private Map<RegisteredHandler, List<Envelope<?>>> abandon() {
        state = State.ABANDONED;
        var undelivered = new HashMap<RegisteredHandler, List<Envelope<?>>>();
        for (var queue : queues.values()) {
            undelivered.put(queue.handler, takeAllWaiting(queue));
            queue.lanes.values().forEach(Lane::interrupt);
        }
        return undelivered;
    }

    /** How many keys have something to do, over all handlers. */
    int activeKeys() {
        lock.lock();
        try {
            return queues.values().stream()
                    .mapToInt(queue -> queue.lanes.size())
                    .sum();
        } finally {
            lock.unlock();
        }
    }

    /** What one handler has yet to do. Guarded by the lock. */
    private static final class HandlerQueue {

        private final RegisteredHandler handler;
        private final Condition room;
        private final Map<Object, Lane> lanes = new HashMap<>();

        /** Deliveries accepted and not finished, those being handled included. */
        private int size;

        HandlerQueue(RegisteredHandler handler, Condition room) {
            this.handler = handler;
            this.room = room;
        }
    }

    /** The events of one key that wait behind the one being handled. Guarded by the lock. */
    private static final class Lane {

        private final HandlerQueue queue;
        private final Object key;
        private final Queue<Envelope<?>> waiting = new ArrayDeque<>(1);
        private @Nullable Thread thread;

        Lane(HandlerQueue queue, Object key) {
            this.queue = queue;
            this.key = key;
        }

        void interrupt() {
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
