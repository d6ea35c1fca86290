package dev.headwater.subscription;

import dev.headwater.subscription.SubscriptionStatus.State;
import dev.headwater.subscription.spi.Assignment;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What the thread of a subscription shares with those who watch it, wake it and tell it what to do. Thread-safe. */
final class WorkerState {

    /** What takes longer does not come on. */
    private static final Duration FORESEEABLE = Duration.ofDays(365);

    private final ReentrantLock lock = new ReentrantLock();
    /** Signalled when there may be something to do. */
    private final Condition wake = lock.newCondition();
    /** Signalled when position or state have changed. */
    private final Condition progress = lock.newCondition();

    /** Of the thread; it rests while it waits for something to do. */
    private final Pulse pulse = new Pulse();

    private State state = State.RUNNING;
    private boolean hinted;
    /** The thread has something to do that needs no look at the log. */
    private boolean woken;

    private boolean closing;
    /** What has changed since the thread last looked. */
    private @Nullable Assignment news;
    /** The latest assignment. */
    private @Nullable Assignment assigned;
    /** The epochs of the segments for which what was reached holds. */
    private Map<Integer, Long> epochs = Map.of();

    private final Reached reached = new Reached();

    private boolean forgotten;
    /** Whether the thread was not woken for a stretch in which nothing is wanted. */
    private boolean skipped;

    /** What was in the log up to here is caught up with. */
    private long rebuildUntil;

    private final Rate handled = new Rate(System::nanoTime);
    /** Of positions, wanted or not. */
    private final Rate passed = new Rate(System::nanoTime);

    private int failures;
    private @Nullable Throwable lastError;

    /** There may be new events, or letters to retry. */
    void hint() {
        lock.lock();
        try {
            hinted = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** There is something to do that needs no look at the log. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What the storage wants this instance to do from now on.
     *
     * @param movesBefore what {@link #moves()} was before the storage was asked
     */
    void assign(Assignment latest, long movesBefore) {
        lock.lock();
        try {
            if (!latest.asksForSameAs(assigned) || reached.isNews(movesBefore)) {
                news = latest;
                reached.newsAfter(movesBefore);
                wake.signalAll();
            }
            assigned = latest;
        } finally {
            lock.unlock();
        }
    }

    /** The latest assignment, once. */
    @Nullable
    Assignment takeNews() {
        lock.lock();
        try {
            var latest = news;
            news = null;
            if (latest != null) {
                reached.newsAreTold();
            }
            return latest;
        } finally {
            lock.unlock();
        }
    }

    /** The thread shall end after the page at hand. */
    void close() {
        lock.lock();
        try {
            closing = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    /** The subscription is gone: the thread ends, and it shows why. */
    void forget() {
        lock.lock();
        try {
            forgotten = true;
            closing = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has failed for good, was forgotten or was closed. */
    boolean hasEnded() {
        lock.lock();
        try {
            return state == State.FAILED || state == State.FORGOTTEN || state == State.STOPPED;
        } finally {
            lock.unlock();
        }
    }

    boolean isPaused() {
        lock.lock();
        try {
            return state == State.PAUSED;
        } finally {
            lock.unlock();
        }
    }

    void enter(State next) {
        lock.lock();
        try {
            state = forgotten && next == State.STOPPED ? State.FORGOTTEN : next;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** After it has failed for good, for a while. */
    void tryAgain() {
        lock.lock();
        try {
            failures = 0;
            if (!closing) {
                state = State.RETRYING;
            }
        } finally {
            lock.unlock();
        }
    }

    void succeeded() {
        lock.lock();
        try {
            failures = 0;
            lastError = null;
            state = State.RUNNING;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many failures in a row that makes. */
    int failed(Throwable error) {
        lock.lock();
        try {
            lastError = error;
            return ++failures;
        } finally {
            lock.unlock();
        }
    }

    int failures() {
        lock.lock();
        try {
            return failures;
        } finally {
            lock.unlock();
        }
    }

    /** Tells that this instance does not know how far everything has come. */
    void publishNothing() {
        publish(-1, Map.of());
    }

    /**
     * Tells how far everything has come, which is not believed while the thread has not been told of a move from
     * outside.
     *
     * @param owned the epochs of the segments, which are all there are
     */
    void publish(long position, Map<Integer, Long> owned) {
        lock.lock();
        try {
            reached.come(position);
            epochs = owned;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Somebody looked at a stretch of the log and found nothing that is wanted; the thread need not look again. */
    void nothingWanted(long from, long through) {
        lock.lock();
        try {
            reached.nothingWanted(from, through);
            skipped = true;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Has the thread store how far it has come when it was not woken for that before. */
    void storeWhatWasSkipped() {
        lock.lock();
        try {
            if (skipped) {
                skipped = false;
                hinted = true;
                wake.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The checkpoints were moved from outside: how far it has come is not known before the thread is told. */
    void moved() {
        lock.lock();
        try {
            reached.moved();
        } finally {
            lock.unlock();
        }
    }

    /** How often the checkpoints were moved from outside. */
    long moves() {
        lock.lock();
        try {
            return reached.moves();
        } finally {
            lock.unlock();
        }
    }

    Pulse pulse() {
        return pulse;
    }

    /** A page is done. */
    void cameOn(int events, long positions) {
        lock.lock();
        try {
            handled.add(events);
            passed.add(positions);
        } finally {
            lock.unlock();
        }
    }

    /** Until it comes to a position, it only catches up. */
    void rebuild(long until) {
        lock.lock();
        try {
            rebuildUntil = until;
        } finally {
            lock.unlock();
        }
    }

    /** What the thread has reached, when it owns every segment; otherwise -1. */
    long reached() {
        lock.lock();
        try {
            return reached.position();
        } finally {
            lock.unlock();
        }
    }

    /** The epochs of the segments for which {@link #reached} holds. */
    Map<Integer, Long> epochs() {
        lock.lock();
        try {
            return epochs;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether a position was reached with the segments that are owned in the storage.
     *
     * @param known what {@link #epochs()} was before the storage was asked
     * @param stored the epochs in the storage; when they are others, the checkpoints were moved from outside
     */
    boolean hasReached(long wanted, Map<Integer, Long> known, Map<Integer, Long> stored) {
        lock.lock();
        try {
            if (epochs.equals(known) && !known.equals(stored)) {
                moved();
            }
            return reached.position() >= wanted && epochs.equals(stored);
        } finally {
            lock.unlock();
        }
    }

    boolean knowsPosition() {
        lock.lock();
        try {
            return reached.position() >= 0;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a position is known to be reached, or the thread has ended, or the time has passed. */
    boolean awaitReached(long wanted, long nanos) throws InterruptedException {
        long left = nanos;
        lock.lock();
        try {
            while (reached.position() < wanted && left > 0 && !hasEnded()) {
                left = progress.awaitNanos(left);
            }
            return reached.position() >= wanted;
        } finally {
            lock.unlock();
        }
    }

    Activity activity(long position, long lag) {
        lock.lock();
        try {
            return new Activity(
                    state,
                    position < rebuildUntil,
                    handled.perSecond(),
                    timeLeft(lag),
                    failures,
                    Optional.ofNullable(lastError));
        } finally {
            lock.unlock();
        }
    }

    private Optional<Duration> timeLeft(long lag) {
        double seconds = lag == 0 ? 0 : lag / passed.perSecond();
        return seconds > FORESEEABLE.toSeconds()
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(Math.round(seconds * 1000)));
    }

    /**
     * Waits to be hinted or woken, which may have been since the last wait, for news, to be closed, or for the time to
     * pass.
     *
     * @return whether there may be new events
     */
    private boolean awaitSomething(Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        pulse.rest();
        lock.lock();
        try {
            while (!hinted && !woken && news == null && !closing && nanos > 0) {
                nanos = wake.awaitNanos(nanos);
            }
            return takeHint();
        } finally {
            lock.unlock();
            pulse.resume();
        }
    }

    /** Rests; whether there may be new events then. */
    boolean rest(Rest rest) throws InterruptedException {
        return switch (rest) {
            case Rest.None(boolean newEvents) -> newEvents;
            case Rest.Waiting(var atMost, boolean newEvents) -> awaitSomething(atMost) || newEvents;
            case Rest.Pausing(var time) -> {
                pause(time);
                yield true;
            }
        };
    }

    /** Whether a rest ends before its time is over. */
    boolean isWoken(Rest rest) {
        lock.lock();
        try {
            return closing || (rest instanceof Rest.Waiting && (hinted || woken || news != null));
        } finally {
            lock.unlock();
        }
    }

    /** Ends a rest for which nobody has waited here; whether there may be new events. */
    boolean endOf(Rest rest) {
        if (!(rest instanceof Rest.Waiting waiting)) {
            return !(rest instanceof Rest.None none) || none.newEvents();
        }
        lock.lock();
        try {
            return takeHint() || waiting.newEvents();
        } finally {
            lock.unlock();
        }
    }

    private boolean takeHint() {
        boolean newEvents = hinted;
        hinted = false;
        woken = false;
        return newEvents;
    }

    /** Waits for the time to pass or to be closed. */
    private void pause(Duration duration) throws InterruptedException {
        long nanos = duration.toNanos();
        pulse.rest();
        lock.lock();
        try {
            while (!closing && nanos > 0) {
                nanos = wake.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
            pulse.resume();
        }
    }
}
