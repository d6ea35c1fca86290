package dev.headwater.subscription;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Events at work, side by side by key, and one after the other within a key.
 *
 * <p>A lane is the queue of one key. While it has events, and there are not too many lanes at work, a virtual thread
 * handles them in order. What comes of each is an outcome, for the one thread that offers the events and stores what
 * was done. After an event that failed, and after each letter that is tried again, a lane is held until that thread
 * lets it {@linkplain #goOn go on} or {@linkplain #drop drops} it. A lane keeps a limited number of events, and of the
 * others only the positions: they are read again when their turn comes. Thread-safe.
 */
final class Lanes {

    private final Work work;
    private final Runnable outcome;
    private final BooleanSupplier closing;
    private final Bounds bounds;
    private final LaneThreads threads;
    private final LaneMemory memory;

    private final ReentrantLock lock = new ReentrantLock();
    /** Signalled when a call has ended. */
    private final Condition ended = lock.newCondition();

    private final Map<String, Lane> lanes = new HashMap<>();
    private final Queue<Lane> ready = new ArrayDeque<>();
    private final List<LaneOutcome> outcomes = new ArrayList<>();
    /** The segments whose lanes begin with no event. */
    private Set<Integer> withdrawn = Set.of();
    /** How many lanes may be at work now. */
    private int limit;

    private int atWork;

    /**
     * Lanes without events.
     *
     * @param work handles one event
     * @param outcome is run whenever there are outcomes
     * @param closing whether nothing is begun any more
     */
    Lanes(Work work, Runnable outcome, BooleanSupplier closing, Bounds bounds, LaneThreads threads) {
        this.work = work;
        this.outcome = outcome;
        this.closing = closing;
        this.bounds = bounds;
        this.threads = threads;
        this.memory = new LaneMemory(bounds.events, bounds.bytes);
        this.limit = bounds.concurrency;
    }

    /**
     * How much there may be at once.
     *
     * @param concurrency how many lanes are at work
     * @param events how many events are kept in memory
     * @param bytes how many bytes of them
     */
    record Bounds(int concurrency, int events, long bytes) {}

    /** Handles an event outside of all locks; returns whether it may have recorded effects. */
    @FunctionalInterface
    interface Work {
        boolean handle(LaneTask task) throws Exception;
    }

    /** Puts an event at the end of the lane of its key. */
    void offer(LaneTask task) {
        lock.lock();
        try {
            var lane = lanes.computeIfAbsent(task.key, key -> new Lane(task.segment));
            boolean isFirst = lane.tasks.isEmpty() && lane.current == null;
            boolean fits = isFirst || memory.hasRoomBehind(lane.tasks.size());
            if (fits) {
                memory.keep(task);
            } else {
                task.forgetEvent();
            }
            lane.tasks.add(task);
            if (isFirst && !lane.held) {
                makeReady(lane);
            }
        } finally {
            lock.unlock();
        }
    }

    private void makeReady(Lane lane) {
        if (!withdrawn.contains(lane.segment)) {
            ready.add(lane);
            startSome();
        }
    }

    /** Whether more events should be read: there is room for them, or too little to do. */
    boolean isHungry() {
        lock.lock();
        try {
            return memory.hasRoom() || (limit == bounds.concurrency && atWork < limit && ready.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    List<LaneOutcome> takeOutcomes() {
        lock.lock();
        try {
            var taken = List.copyOf(outcomes);
            outcomes.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Outcomes that were taken and are still to be dealt with. */
    void putBack(List<LaneOutcome> taken) {
        lock.lock();
        try {
            outcomes.addAll(0, taken);
        } finally {
            lock.unlock();
        }
    }

    boolean has(String key) {
        lock.lock();
        try {
            return lanes.containsKey(key);
        } finally {
            lock.unlock();
        }
    }

    /** Whether something is at work. */
    boolean isBusy() {
        lock.lock();
        try {
            return atWork > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing waits, is at work or is held. */
    boolean isEmpty() {
        lock.lock();
        try {
            return lanes.isEmpty() && outcomes.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** A lane that was held goes on, with the same event if that has failed. */
    void goOn(String key) {
        lock.lock();
        try {
            var lane = lanes.get(key);
            if (lane != null && lane.held) {
                lane.held = false;
                if (lane.tasks.isEmpty()) {
                    lanes.remove(key);
                } else {
                    makeReady(lane);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes a lane that is held away, with all that is in it, in order. */
    List<LaneTask> drop(String key) {
        lock.lock();
        try {
            var lane = lanes.remove(key);
            if (lane == null) {
                return List.of();
            }
            lane.tasks.forEach(memory::free);
            return List.copyOf(lane.tasks);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes all lanes of some segments away. What is at work there goes on, and its outcome is dropped.
     *
     * @param lost tells the segments
     */
    void forget(IntPredicate lost) {
        lock.lock();
        try {
            lanes.values().removeIf(lane -> {
                if (lost.test(lane.segment)) {
                    lane.tasks.forEach(memory::free);
                    lane.tasks.clear();
                    ready.remove(lane);
                    if (lane.current != null) {
                        lane.current.lose();
                    }
                    return true;
                }
                return false;
            });
            outcomes.removeIf(each -> lost.test(each.task().segment));
        } finally {
            lock.unlock();
        }
    }

    /** From now on the lanes of these segments, and of no others, begin with no event. */
    void withdraw(Set<Integer> segments) {
        lock.lock();
        try {
            var former = withdrawn;
            withdrawn = Set.copyOf(segments);
            ready.removeIf(lane -> withdrawn.contains(lane.segment));
            for (var lane : lanes.values()) {
                if (former.contains(lane.segment) && lane.current == null && !lane.held) {
                    makeReady(lane);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing of a segment is at work, and there are no outcomes of it. */
    boolean isIdle(int segment) {
        lock.lock();
        try {
            return outcomes.stream().noneMatch(each -> each.task().segment == segment)
                    && lanes.values().stream().noneMatch(lane -> lane.segment == segment && lane.current != null);
        } finally {
            lock.unlock();
        }
    }

    /** Lets as many lanes be at work as there may be; fails when a lane has no thread to begin with. */
    void open() {
        limitTo(bounds.concurrency);
    }

    /** Lets no lane begin with an event; what is at work goes on. */
    void stop() {
        limitTo(0);
    }

    private void limitTo(int most) {
        lock.lock();
        try {
            limit = most;
            startAsManyAsMayBe();
        } finally {
            lock.unlock();
        }
    }

    /** Lets one lane handle one event, though the lanes are stopped. */
    void probe() {
        lock.lock();
        try {
            if (atWork == 0 && !ready.isEmpty()) {
                start(ready.remove());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing is at work, or the time has passed. */
    boolean awaitIdle(Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        threads.finish(this::isBusy);
        lock.lock();
        try {
            while (atWork > 0 && nanos > 0) {
                nanos = ended.awaitNanos(nanos);
            }
            return atWork == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Interrupts what is at work. */
    void interrupt() {
        lock.lock();
        try {
            for (var lane : lanes.values()) {
                if (lane.current != null && lane.thread != null) {
                    lane.thread.interrupt();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** What cannot be started is left to the one thread, which {@linkplain #open opens} the lanes again. */
    private void startSome() {
        try {
            startAsManyAsMayBe();
        } catch (RuntimeException | Error e) {
            outcome.run();
        }
    }

    private void startAsManyAsMayBe() {
        while (atWork < limit && !ready.isEmpty() && !closing.getAsBoolean()) {
            start(ready.remove());
        }
    }

    private void start(Lane lane) {
        atWork++;
        var task = take(lane);
        boolean isStarted = false;
        try {
            lane.thread = threads.start(() -> run(lane));
            isStarted = true;
        } finally {
            if (!isStarted) {
                lane.tasks.addFirst(task);
                lane.current = null;
                atWork--;
                ready.add(lane);
            }
        }
    }

    private static LaneTask take(Lane lane) {
        var task = lane.tasks.remove();
        lane.current = task;
        return task;
    }

    private void run(Lane lane) {
        for (var task = lane.current; task != null; ) {
            LaneOutcome came;
            try {
                came = new LaneOutcome.Done(task, work.handle(task));
            } catch (Throwable e) {
                came = new LaneOutcome.Failed(task, e);
            }
            task = ended(lane, came);
            if (task != null && !threads.stay()) {
                threads.start(() -> run(lane));
                return;
            }
        }
    }

    /** Notes what came of an event; returns what the same thread handles next. */
    private @Nullable LaneTask ended(Lane lane, LaneOutcome came) {
        var task = came.task();
        lock.lock();
        try {
            if (lane.current != task) {
                return null;
            }
            lane.current = null;
            ended.signalAll();
            if (task.isLost()) {
                memory.free(task);
                atWork--;
                startSome();
                return null;
            }
            outcomes.add(came);
            boolean goesOn = came instanceof LaneOutcome.Done && task.letter == null;
            if (!goesOn) {
                lane.held = true;
                lane.tasks.addFirst(task);
            } else if (lane.tasks.isEmpty()) {
                memory.free(task);
                lanes.remove(task.key, lane);
            } else if (ready.isEmpty() && limit > 0 && !withdrawn.contains(lane.segment) && !closing.getAsBoolean()) {
                memory.free(task);
                return take(lane);
            } else {
                memory.free(task);
                makeReady(lane);
            }
            atWork--;
            startSome();
            return null;
        } finally {
            lock.unlock();
            outcome.run();
        }
    }

    /** Gives up a call that does not return: the event counts as failed, and its lane is held. */
    void abandon(LaneTask task, Throwable failure) {
        lock.lock();
        try {
            var lane = lanes.get(task.key);
            if (lane != null && lane.current == task) {
                var again = new LaneTask(task);
                lane.current = again;
                task.lose();
                ended(lane, new LaneOutcome.Failed(again, failure));
            }
        } finally {
            lock.unlock();
        }
    }
}
