package dev.headwater.subscription;

import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.OwnedSegments.Keyed;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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

    /** So many events of one key are kept in any case. */
    private static final int KEPT = 16;

    private final Work work;
    private final Runnable outcome;
    private final BooleanSupplier closing;
    private final Bounds bounds;

    private final ReentrantLock lock = new ReentrantLock();
    /** Signalled when a call has ended. */
    private final Condition ended = lock.newCondition();

    private final Map<String, Lane> lanes = new HashMap<>();
    private final Queue<Lane> ready = new ArrayDeque<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    /** The segments whose lanes begin with no event. */
    private Set<Integer> withdrawn = Set.of();
    /** How many lanes may be at work now. */
    private int limit;

    private int atWork;
    private int events;
    private long bytes;

    /**
     * Lanes without events.
     *
     * @param work handles one event
     * @param outcome is run whenever there are outcomes
     * @param closing whether nothing is begun any more
     */
    Lanes(Work work, Runnable outcome, BooleanSupplier closing, Bounds bounds) {
        this.work = work;
        this.outcome = outcome;
        this.closing = closing;
        this.bounds = bounds;
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
        boolean handle(Task task) throws Exception;
    }

    /** An event on its way, or the letter of one. */
    static final class Task {
        final String key;
        final int segment;
        final long position;
        /** What is tried again; nothing for an event that comes for the first time. */
        final @Nullable DeadLetter letter;

        /** Nothing when it is to be read when its turn comes. */
        private volatile @Nullable StoredEvent event;
        /** How often something seemed to be out of reach. */
        int suspicions;

        private volatile boolean lost;
        private int size;

        Task(Keyed keyed) {
            this.key = keyed.key();
            this.segment = keyed.segment();
            this.position = keyed.position();
            this.event = keyed.event();
            this.letter = null;
        }

        private Task(Task other) {
            this.key = other.key;
            this.segment = other.segment;
            this.position = other.position;
            this.letter = other.letter;
            this.event = other.event;
            this.suspicions = other.suspicions;
            this.size = other.size;
        }

        Task(int segment, DeadLetter letter) {
            this.key = letter.sequenceKey();
            this.segment = segment;
            this.position = letter.position();
            this.letter = letter;
        }

        @Nullable
        StoredEvent event() {
            return event;
        }

        void read(StoredEvent read) {
            event = read;
        }

        /** Whether nobody waits for its outcome any more. */
        boolean isLost() {
            return lost;
        }
    }

    /** What came of an event. */
    sealed interface Outcome {

        /** The event. */
        Task task();

        /**
         * It is handled.
         *
         * @param recorded whether effects of it may be recorded
         */
        record Done(Task task, boolean recorded) implements Outcome {}

        /** The handler has thrown this. */
        record Failed(Task task, Throwable failure) implements Outcome {}
    }

    private static final class Lane {
        private final int segment;
        private final Deque<Task> tasks = new ArrayDeque<>();
        /** What is at work. */
        private @Nullable Task current;
        /** Whether it waits to be told to go on. */
        private boolean held;

        private Lane(int segment) {
            this.segment = segment;
        }
    }

    /** Puts an event at the end of the lane of its key. */
    void offer(Task task) {
        lock.lock();
        try {
            var lane = lanes.computeIfAbsent(task.key, key -> new Lane(task.segment));
            boolean isFirst = lane.tasks.isEmpty() && lane.current == null;
            boolean fits = isFirst || (isRoomInMemory() && (lane.tasks.size() < KEPT || events < bounds.events / 2));
            if (fits) {
                keep(task);
            } else {
                task.event = null;
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

    private void keep(Task task) {
        var event = task.event;
        if (event != null) {
            task.size = size(event);
            events++;
            bytes += task.size;
        }
    }

    private static int size(StoredEvent event) {
        return PageSize.bytes(event);
    }

    /** What is taken from a lane needs no room any more. */
    private void free(Task task) {
        if (task.size > 0) {
            events--;
            bytes -= task.size;
            task.size = 0;
        }
    }

    private boolean isRoomInMemory() {
        return events < bounds.events && bytes < bounds.bytes;
    }

    /** Whether more events should be read: there is room for them, or too little to do. */
    boolean isHungry() {
        lock.lock();
        try {
            return isRoomInMemory() || (limit == bounds.concurrency && atWork < limit && ready.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    List<Outcome> takeOutcomes() {
        lock.lock();
        try {
            var taken = List.copyOf(outcomes);
            outcomes.clear();
            return taken;
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
    List<Task> drop(String key) {
        lock.lock();
        try {
            var lane = lanes.remove(key);
            if (lane == null) {
                return List.of();
            }
            lane.tasks.forEach(this::free);
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
                    lane.tasks.forEach(this::free);
                    lane.tasks.clear();
                    ready.remove(lane);
                    if (lane.current != null) {
                        lane.current.lost = true;
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

    /** Lets as many lanes be at work as there may be. */
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
            startSome();
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

    private void startSome() {
        while (atWork < limit && !ready.isEmpty() && !closing.getAsBoolean()) {
            start(ready.remove());
        }
    }

    private void start(Lane lane) {
        atWork++;
        take(lane);
        Thread.ofVirtual().name("lane").start(() -> run(lane));
    }

    private static void take(Lane lane) {
        lane.current = lane.tasks.remove();
    }

    private void run(Lane lane) {
        for (var task = lane.current; task != null; ) {
            Outcome came;
            try {
                came = new Outcome.Done(task, work.handle(task));
            } catch (Throwable e) {
                came = new Outcome.Failed(task, e);
            }
            task = ended(lane, came);
        }
    }

    /** Notes what came of an event; returns what the same thread handles next. */
    private @Nullable Task ended(Lane lane, Outcome came) {
        var task = came.task();
        lock.lock();
        try {
            if (lane.current != task) {
                return null;
            }
            lane.current = null;
            ended.signalAll();
            if (task.lost) {
                free(task);
                atWork--;
                startSome();
                return null;
            }
            outcomes.add(came);
            boolean goesOn = came instanceof Outcome.Done && task.letter == null;
            if (!goesOn) {
                lane.held = true;
                lane.tasks.addFirst(task);
            } else if (lane.tasks.isEmpty()) {
                free(task);
                lanes.remove(task.key, lane);
            } else if (ready.isEmpty() && limit > 0 && !withdrawn.contains(lane.segment) && !closing.getAsBoolean()) {
                free(task);
                take(lane);
                return lane.current;
            } else {
                free(task);
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
    void abandon(Task task, Throwable failure) {
        lock.lock();
        try {
            var lane = lanes.get(task.key);
            if (lane != null && lane.current == task) {
                var again = new Task(task);
                lane.current = again;
                task.lost = true;
                ended(lane, new Outcome.Failed(again, failure));
            }
        } finally {
            lock.unlock();
        }
    }
}
