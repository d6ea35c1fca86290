package dev.headwater.workflow;

import dev.headwater.Metadata;
import dev.headwater.store.Append;
import dev.headwater.store.DuplicateEventException;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Stepper;
import dev.headwater.workflow.spi.EndedTime;
import dev.headwater.workflow.spi.ProcessStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in the log which time limits have ended. Any number of them may be at work: what two of them record stands in
 * the log once, and what one has taken and not recorded is taken again later. Thread-safe.
 */
final class Timekeeper {

    private static final Logger LOG = LoggerFactory.getLogger(Timekeeper.class);

    /** The most time limits that are recorded in one append. */
    private static final int AT_ONCE = 500;

    /** When a time limit is due again that was recorded, and that its process has not got to since. */
    private static final Duration AGAIN = Duration.ofMinutes(1);

    /** How long it waits after a failure. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final EventStore store;
    private final ProcessStorage<?> storage;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    private boolean isClosed;
    private boolean isTold;
    private @Nullable Thread thread;

    /** @param store may append to reserved streams, and knows {@link TimeEnded#TYPES} */
    Timekeeper(EventStore store, ProcessStorage<?> storage) {
        this.store = store;
        this.storage = storage;
    }

    /** Records what has ended, now; returns how many. */
    int endTimes() {
        int all = 0;
        List<EndedTime> ended;
        do {
            ended = storage.takeDue(AT_ONCE, AGAIN);
            record(ended, Metadata.NONE);
            all += ended.size();
        } while (ended.size() == AT_ONCE);
        return all;
    }

    /** Records these, each once, however often it is told. */
    void record(List<EndedTime> ended, Metadata metadata) {
        if (ended.isEmpty()) {
            return;
        }
        try {
            store.append(append(ended, metadata));
        } catch (DuplicateEventException e) {
            LOG.debug("Some of {} time limits were recorded before", ended.size());
            ended.forEach(each -> store.append(append(List.of(each), metadata)));
        }
    }

    private Append append(List<EndedTime> ended, Metadata metadata) {
        Map<StreamId, List<NewEvent>> records = new LinkedHashMap<>();
        for (var each : ended) {
            var event = TimeEnded.of(each);
            records.computeIfAbsent(event.stream(), stream -> new ArrayList<>())
                    .add(NewEvent.of(store.envelope(event).withId(event.id()).withMetadata(metadata)));
        }
        return new Append(
                records.entrySet().stream()
                        .map(part -> new Append.Part(part.getKey(), ExpectedVersion.any(), part.getValue()))
                        .toList(),
                Optional.empty());
    }

    /** Looks by itself, so often, until it is closed. */
    void start(Duration interval) {
        thread = Thread.ofVirtual().name("headwater timekeeper").start(() -> {
            var pause = Duration.ZERO;
            while (!isClosedAfter(pause)) {
                pause = look() ? interval : PAUSE;
            }
        });
    }

    /** Looks whenever it is told to, in a test that steps by hand. */
    void startStepped(Duration interval, Stepper stepper) {
        stepper.every(interval, () -> {
            if (!isClosedAfter(Duration.ZERO)) {
                look();
            }
            return !isClosedAfter(Duration.ZERO);
        });
    }

    private boolean look() {
        try {
            endTimes();
            isTold = false;
            return true;
        } catch (RuntimeException | Error e) {
            if (!isTold) {
                LOG.warn("Time limits cannot be ended now; this is tried again every {}", PAUSE, e);
                isTold = true;
            }
            return false;
        }
    }

    private boolean isClosedAfter(Duration pause) {
        lock.lock();
        try {
            long left = pause.toNanos();
            while (!isClosed && left > 0) {
                left = closing.awaitNanos(left);
            }
            return isClosed;
        } catch (InterruptedException e) {
            return true;
        } finally {
            lock.unlock();
        }
    }

    void close(Duration limit) {
        lock.lock();
        try {
            isClosed = true;
            closing.signalAll();
        } finally {
            lock.unlock();
        }
        var running = thread;
        try {
            if (running != null && !running.join(limit)) {
                LOG.warn("The timekeeper has not ended within {} and is left behind", limit);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
