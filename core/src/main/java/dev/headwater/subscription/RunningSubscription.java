package dev.headwater.subscription;

import dev.headwater.MessageContext;
import dev.headwater.Metadata;
import dev.headwater.store.EventStore;
import dev.headwater.store.Hints;
import dev.headwater.store.LogPage;
import dev.headwater.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscription at work on its own virtual thread.
 *
 * <p>It reads a page, hands it over, and moves the checkpoint in the handler's transaction; a page that fails is tried
 * again after a pause, so nothing is skipped. At the end of the log it waits for a hint or for the poll interval.
 * Thread-safe.
 *
 * @param <T> the transaction
 */
public final class RunningSubscription<T> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunningSubscription.class);

    /**
     * A stretch without wanted events moves the stored checkpoint only when it is this long, so idling costs no writes.
     */
    private static final long UNSTORED_STRETCH = 10_000;

    private final Subscription<T> subscription;
    private final EventStore store;
    private final CheckpointStorage<T> checkpoints;
    private final SubscriptionSettings settings;
    private final Thread thread;
    private final Hints hints;

    private final ReentrantLock lock = new ReentrantLock();
    /** Signalled when there may be events, and when the subscription is closed. */
    private final Condition wake = lock.newCondition();
    /** Signalled when position or state have changed. */
    private final Condition progress = lock.newCondition();

    private State state = State.RUNNING;
    private boolean hinted;
    private boolean closing;
    /** Every wanted event up to here has been handled. */
    private long position;
    /** Where the stored checkpoint stands, at or before {@link #position}. */
    private long stored;
    /** Another instance has moved the stored checkpoint, which has to be read again. */
    private boolean overtaken;

    private int failures;
    private @Nullable Throwable lastError;

    RunningSubscription(
            Subscription<T> subscription,
            EventStore store,
            CheckpointStorage<T> checkpoints,
            SubscriptionSettings settings) {
        this.subscription = subscription;
        this.store = store;
        this.checkpoints = checkpoints;
        this.settings = settings;
        this.position = loadCheckpoint();
        this.stored = position;
        this.hints = store.onAppend(this::hint);
        this.thread =
                Thread.ofVirtual().name("subscription " + subscription.name()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Whether it has failed for good or was closed, so that another may take its place. */
    boolean hasEnded() {
        lock.lock();
        try {
            return state == State.FAILED || state == State.STOPPED;
        } finally {
            lock.unlock();
        }
    }

    /** The name of the subscription. */
    public String name() {
        return subscription.name();
    }

    /** How it is doing now. */
    public SubscriptionStatus status() {
        long head = store.headPosition();
        lock.lock();
        try {
            return new SubscriptionStatus(
                    name(), state, position, Math.max(0, head - position), failures, Optional.ofNullable(lastError));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until everything up to a position has been handled.
     *
     * @return whether that happened in time; false also when the subscription fails or is closed before
     */
    public boolean awaitPosition(long wanted, Duration timeout) throws InterruptedException {
        long nanos = timeout.toNanos();
        lock.lock();
        try {
            while (position < wanted) {
                if (hasEnded() || nanos <= 0) {
                    return false;
                }
                nanos = progress.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Stops after the page at hand and waits for that; the checkpoint stays where it is. */
    @Override
    public void close() {
        hints.close();
        lock.lock();
        try {
            closing = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
        if (Thread.currentThread() != thread) {
            joinUninterruptibly();
        }
    }

    private void run() {
        var last = State.STOPPED;
        try {
            while (!isClosing()) {
                if (!handleNextPage()) {
                    last = State.FAILED;
                    break;
                }
            }
        } finally {
            enter(last);
        }
    }

    /** One page, or one failed attempt at it; false when the subscription has failed for good. */
    private boolean handleNextPage() {
        try {
            if (overtaken) {
                resume();
            }
            var page = store.readLogPage(position, subscription.query(), subscription.batchSize());
            handle(page);
            succeeded(page);
            if (page.end()) {
                awaitHint(settings.pollInterval());
            }
            return true;
        } catch (CheckpointConflictException e) {
            LOG.warn("{}", e.getMessage());
            overtaken = true;
            pause(settings.pollInterval());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(e);
        } catch (Throwable e) { // an Error in a handler must not end the thread silently
            return failed(e);
        }
    }

    private void handle(LogPage page) throws Exception {
        var events = page.events();
        if (events.isEmpty()) {
            if (page.through() - stored >= UNSTORED_STRETCH) {
                moveCheckpoint(page.through(), transaction -> {});
            }
            return;
        }
        switch (subscription.handler()) {
            case Subscription.Handler.Projecting<T>(var projection) ->
                moveCheckpoint(page.through(), transaction -> projection.project(events, transaction));
            case Subscription.Handler.Reacting<T>(var reactor) -> {
                for (var event : events) {
                    MessageContext.call(Metadata.causedBy(event.encoded()), () -> {
                        reactor.react(event);
                        return null;
                    });
                }
                moveCheckpoint(page.through(), transaction -> {});
            }
        }
    }

    private void moveCheckpoint(long to, CheckpointStorage.Work<T> work) throws Exception {
        checkpoints.advance(name(), stored, to, work);
        stored = to;
    }

    private void succeeded(LogPage page) {
        lock.lock();
        try {
            position = page.through();
            failures = 0;
            lastError = null;
            state = State.RUNNING;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean failed(Throwable error) {
        int count;
        lock.lock();
        try {
            failures++;
            count = failures;
            lastError = error;
            state = State.RETRYING;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
        if (count >= settings.attempts() || Thread.currentThread().isInterrupted()) {
            LOG.error(
                    "The subscription '{}' has failed {} times after position {} and stops there",
                    name(),
                    count,
                    position,
                    error);
            return false;
        }
        LOG.warn(
                "The subscription '{}' failed after position {} (attempt {}); it will try again",
                name(),
                position,
                count,
                error);
        long bound = settings.retryPause(count).toNanos();
        pause(Duration.ofNanos(1 + ThreadLocalRandom.current().nextLong(bound)));
        return true;
    }

    private void resume() {
        long found = loadCheckpoint();
        lock.lock();
        try {
            stored = found;
            position = found;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
        overtaken = false;
    }

    private long loadCheckpoint() {
        long initial = switch (subscription.start()) {
            case StartFrom.Beginning() -> 0;
            case StartFrom.End() -> store.headPosition();
            case StartFrom.After(long after) -> after;
        };
        return checkpoints.loadOrStart(name(), initial);
    }

    private void hint() {
        lock.lock();
        try {
            hinted = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a hint that came since the last wait, for the subscription to be closed, or for the time to pass. */
    private void awaitHint(Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lock();
        try {
            while (!hinted && !closing && nanos > 0) {
                nanos = wake.awaitNanos(nanos);
            }
            hinted = false;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the time to pass or for the subscription to be closed. */
    private void pause(Duration duration) {
        long nanos = duration.toNanos();
        lock.lock();
        try {
            while (!closing && nanos > 0) {
                nanos = wake.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    private void enter(State last) {
        lock.lock();
        try {
            state = last;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void joinUninterruptibly() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
