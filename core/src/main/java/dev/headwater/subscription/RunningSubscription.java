package dev.headwater.subscription;

import dev.headwater.store.AppendResult;
import dev.headwater.store.EventStore;
import dev.headwater.store.LogPage;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.subscription.OwnedSegments.Keyed;
import dev.headwater.subscription.PageHandler.Care;
import dev.headwater.subscription.SubscriptionStatus.State;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.ClaimLostException;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscription at work in this process, on its own virtual thread.
 *
 * <p>It reads the log from the earliest checkpoint of the segments that this instance owns, hands over the events of
 * those segments, and moves their checkpoints in the handler's transaction. What fails is put aside, with everything of
 * the same key behind it, and tried again from there; other keys go on. Thread-safe.
 *
 * @param <T> the transaction
 */
public final class RunningSubscription<T> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunningSubscription.class);

    /** A stretch without wanted events moves the stored checkpoint only when it is this long, or at leisure. */
    private static final long UNSTORED_STRETCH = 10_000;

    private static final Duration LEISURE = Duration.ofSeconds(1);

    /** How many letters of a sequence are tried before others get their turn. */
    private static final int LETTERS = 100;

    /** How many sequences with letters to retry are looked at in one go. */
    private static final int SEQUENCES = 100;

    private static final Duration GLANCE = Duration.ofMillis(20);

    private final Subscription<T> subscription;
    private final EventStore store;
    private final SubscriptionStorage<T> storage;
    private final SubscriptionSettings settings;
    private final String instance;
    private final OwnedSegments owned;
    private final HandlerWatch watch;
    private final PageHandler<T> handler;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    /** Signalled when there may be something to do. */
    private final Condition wake = lock.newCondition();
    /** Signalled when position or state have changed. */
    private final Condition progress = lock.newCondition();

    private State state = State.RUNNING;
    private boolean hinted;
    private boolean closing;
    /** What has changed since the thread last looked. */
    private @Nullable Assignment assignment;
    /** The latest assignment. */
    private @Nullable Assignment assigned;
    /** What the thread has reached, when it owns every segment; otherwise -1. */
    private long reached = -1;

    private int failures;
    private @Nullable Throwable lastError;
    // Of the thread alone.
    private Care care = Care.TOGETHER;
    /** Up to here events are handled singly. */
    private long singlyUntil;

    private long lettersDueAt = Long.MAX_VALUE;
    /** Since when the stored checkpoint is behind; 0 when it is not, or that was not noticed yet. */
    private long unstoredSince;
    /** What is known about the owned segments may be wrong. */
    private boolean stale;

    RunningSubscription(
            Subscription<T> subscription,
            EventStore store,
            SubscriptionStorage<T> storage,
            SubscriptionSettings settings,
            String instance) {
        this.subscription = subscription;
        this.store = store;
        this.storage = storage;
        this.settings = settings;
        this.instance = instance;
        int segments = storage.register(subscription.name(), subscription.segments(), initialPosition());
        this.owned = new OwnedSegments(subscription.sequenceKey(), segments);
        this.watch = new HandlerWatch(subscription.name(), settings.handlerLimit());
        this.handler = new PageHandler<>(subscription, storage, owned, watch);
        this.thread =
                Thread.ofVirtual().name("subscription " + subscription.name()).unstarted(this::run);
    }

    private long initialPosition() {
        return switch (subscription.start()) {
            case StartFrom.Beginning() -> 0;
            case StartFrom.End() -> store.headPosition();
            case StartFrom.After(long after) -> after;
        };
    }

    void start() {
        thread.start();
    }

    /** The name of the subscription. */
    public String name() {
        return subscription.name();
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

    /** How it is doing now. */
    public SubscriptionStatus status() {
        var segments = storage.segments(name());
        long head = store.headPosition();
        lock.lock();
        try {
            long position = position(segments);
            return new SubscriptionStatus(
                    name(),
                    state,
                    position,
                    Math.max(0, head - position),
                    failures,
                    Optional.ofNullable(lastError),
                    segments);
        } finally {
            lock.unlock();
        }
    }

    private long position(List<SubscriptionStatus.Segment> segments) {
        long stored = segments.stream()
                .mapToLong(SubscriptionStatus.Segment::position)
                .min()
                .orElse(0);
        return Math.max(stored, reached);
    }

    /**
     * Waits until the subscription has handled what was appended, on whichever instance, so that its effect can be
     * read.
     *
     * @return whether that happened in time; false also when this instance fails or is closed before. What became a
     *     dead letter counts as handled.
     */
    public boolean awaitCaughtUp(AppendResult appended, Duration timeout) throws InterruptedException {
        return awaitPosition(appended.lastPosition(), timeout);
    }

    /**
     * Waits until everything up to a position has been handled or became a dead letter, on whichever instance.
     *
     * @return whether that happened in time; false also when this instance fails or is closed before
     */
    public boolean awaitPosition(long wanted, Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            if (awaitReached(wanted, Math.min(GLANCE.toNanos(), end - System.nanoTime()))) {
                return true;
            }
            if (!ownsAll() && isStoredUpTo(wanted)) {
                return true;
            }
            if (hasEnded() || System.nanoTime() - end >= 0) {
                return false;
            }
        }
    }

    private boolean isStoredUpTo(long wanted) {
        try {
            return storage.segments(name()).stream().allMatch(segment -> segment.position() >= wanted);
        } catch (StoreUnavailableException e) {
            LOG.debug("How far '{}' has come is not known now", name(), e);
            return false;
        }
    }

    private boolean ownsAll() {
        lock.lock();
        try {
            return reached >= 0;
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitReached(long wanted, long nanos) throws InterruptedException {
        long left = nanos;
        lock.lock();
        try {
            while (reached < wanted && left > 0 && state != State.FAILED && state != State.STOPPED) {
                left = progress.awaitNanos(left);
            }
            return reached >= wanted;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Finds out what the handler would do with an event, such as one that became a dead letter, and changes nothing:
     * its transaction is rolled back. What a handler does elsewhere is not undone.
     *
     * @throws UnsupportedOperationException when this is a reactor, whose effects cannot be undone, or the storage has
     *     no transactions
     */
    public Rehearsal rehearse(long position) {
        if (!(subscription.handler() instanceof Subscription.Handler.Projecting<T>(var projection))) {
            throw new UnsupportedOperationException(
                    "The reactor '" + name() + "' cannot be rehearsed: its effects could not be undone");
        }
        var event = store.readEvent(position);
        try {
            var changes = storage.rehearse(transaction -> projection.project(List.of(event), transaction));
            return new Rehearsal(Optional.empty(), changes);
        } catch (UnsupportedOperationException e) {
            throw e;
        } catch (Exception | Error e) {
            return new Rehearsal(Optional.of(Failure.of(e)), List.of());
        }
    }

    /**
     * Stops after the page at hand, gives its segments back and waits for that; the checkpoints stay where they are.
     */
    @Override
    public void close() {
        closeSoon();
        if (Thread.currentThread() != thread) {
            joinUninterruptibly();
        }
    }

    /** Stops after the page at hand, without waiting for that. */
    void closeSoon() {
        lock.lock();
        try {
            closing = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

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

    /** What the storage wants this instance to do from now on. */
    void assign(Assignment latest) {
        lock.lock();
        try {
            if (!latest.asksForSameAs(assigned)) {
                assignment = latest;
                wake.signalAll();
            }
            assigned = latest;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Interrupts a handler that takes longer than it may.
     *
     * @return whether the handler ignores that, so that the segments should no longer be held
     */
    boolean isStuck() {
        return watch.isStuck();
    }

    private void run() {
        var last = State.FAILED;
        try {
            boolean goesOn = true;
            while (goesOn && !isClosing()) {
                goesOn = step();
            }
            if (goesOn) {
                last = State.STOPPED;
            }
        } catch (RuntimeException | Error e) {
            LOG.error("The subscription '{}' stops, since its failures cannot be judged", name(), e);
        } finally {
            enter(last);
            leave();
        }
    }

    /** Gives everything back; to be repeated when the instance was announced again since. */
    void leave() {
        try {
            storage.leave(name(), instance);
        } catch (RuntimeException e) {
            LOG.debug("The segments of '{}' were not given back; their leases will end", name(), e);
        }
    }

    /** One page, or one failed attempt at it; false when the subscription has failed for good. */
    private boolean step() {
        try {
            if (stale) {
                reload();
                stale = false;
            }
            boolean paused = follow();
            if (paused || owned.isEmpty()) {
                enter(paused ? State.PAUSED : State.RUNNING);
                awaitSomething(settings.lease());
                return true;
            }
            redriveWhatIsDue();
            if (nextPage()) {
                awaitSomething(untilNextWork());
            }
            succeeded();
            return true;
        } catch (ClaimLostException e) {
            LOG.info("{}", e.getMessage());
            stale = true;
            return true;
        } catch (InterruptedException e) {
            return true;
        } catch (Throwable e) {
            return failed(e);
        }
    }

    /** Takes over what was assigned; whether the subscription is paused. */
    private boolean follow() {
        var latest = takeAssignment();
        if (latest == null) {
            return state() == State.PAUSED;
        }
        if (latest.paused()) {
            return true;
        }
        // Nobody assigns the same again, so what cannot be followed now is read from the storage later.
        stale = true;
        adopt(latest.claims());
        if (latest.lettersDue()) {
            retryWithin(Duration.ZERO);
        }
        if (latest.surplus() > 0) {
            giveBack(latest.surplus());
            publishPosition();
        }
        stale = false;
        return false;
    }

    private void giveBack(int number) {
        var claims = owned.giveUp(number);
        if (!claims.isEmpty()) {
            storage.release(name(), instance, claims);
        }
    }

    private void reload() {
        owned.clear();
        adopt(storage.claims(name(), instance));
        retryWithin(Duration.ZERO);
    }

    private void adopt(List<Claim> claims) {
        owned.adopt(claims, segments -> {
            var parked = storage.parked(name(), segments);
            OwnedSegments.firstDue(parked).ifPresent(this::retryWithin);
            return parked;
        });
        publishPosition();
    }

    /** Handles a page; whether the log has ended there. */
    private boolean nextPage() throws Exception {
        long from = owned.position();
        int size = care == Care.SINGLY ? 1 : subscription.batchSize();
        var page = store.readLogPage(from, subscription.query(), size);
        var events = new ArrayList<Keyed>(page.events().size());
        for (var event : page.events()) {
            var keyed = owned.toHandle(event);
            if (keyed != null) {
                events.add(keyed);
            }
        }
        if (events.isEmpty()) {
            passOver(page);
        } else {
            handle(events, page.through());
        }
        owned.handled(page.through());
        if (care == Care.HALVING || page.through() >= singlyUntil) {
            care = Care.TOGETHER;
        }
        publishPosition();
        return page.end();
    }

    private void handle(List<Keyed> events, long through) throws Exception {
        var letters = List.<Letter>of();
        try {
            letters = handler.handle(events, through, care);
        } catch (ClaimLostException e) {
            throw e;
        } catch (Exception | Error e) {
            boolean nobodysFault = handler.isNobodysFault(e, failures);
            if (care == Care.SINGLY && !nobodysFault) {
                letters = handler.putAside(events.getFirst(), through, e);
            } else {
                moreCareful(nobodysFault, through);
                throw e;
            }
        }
        letters.forEach(this::parked);
    }

    private void moreCareful(boolean nobodysFault, long through) {
        if (care == Care.TOGETHER) {
            care = nobodysFault ? Care.TOGETHER : Care.HALVING;
        } else {
            care = Care.SINGLY;
            singlyUntil = Math.max(singlyUntil, through);
        }
    }

    private void parked(Letter letter) {
        owned.park(letter.segment(), letter.sequenceKey());
        letter.retryIn().ifPresent(this::retryWithin);
        letter.failure()
                .ifPresent(failure -> LOG.warn(
                        "The subscription '{}' could not handle {} (attempt {}): {}: {}; its key is set aside, {}",
                        name(),
                        letter.event(),
                        letter.attempts(),
                        failure.exceptionClass(),
                        failure.message(),
                        letter.retryIn().isPresent() ? "it is tried again later" : "until somebody decides"));
    }

    /** Remembers that a stretch of the log holds nothing to handle, in the storage only when it is worth a write. */
    private void passOver(LogPage page) throws Exception {
        owned.handled(page.through());
        if (owned.unstored() >= UNSTORED_STRETCH) {
            storePosition();
        }
    }

    private void storePosition() throws Exception {
        long position = owned.position();
        var claims = owned.claimsBefore(position);
        if (!claims.isEmpty()) {
            storage.advance(name(), claims, position, transaction -> {});
            owned.stored(claims, position);
        }
    }

    private void retryWithin(Duration pause) {
        lettersDueAt = Math.min(lettersDueAt, System.nanoTime() + Math.max(0, pause.toNanos()));
    }

    private void redriveWhatIsDue() throws Exception {
        if (lettersDueAt == Long.MAX_VALUE || System.nanoTime() - lettersDueAt < 0) {
            return;
        }
        lettersDueAt = Long.MAX_VALUE;
        var sequences = storage.due(name(), owned.numbers(), SEQUENCES);
        if (sequences.size() == SEQUENCES) {
            sequences.getLast().dueIn().ifPresent(this::retryWithin);
        }
        for (var sequence : sequences) {
            var dueIn = sequence.dueIn();
            if (dueIn.isEmpty()) {
                continue;
            }
            if (dueIn.get().isPositive()) {
                retryWithin(dueIn.get());
            } else if (!isClosing()) {
                try {
                    redrive(sequence.segment(), sequence.sequenceKey());
                } catch (Exception e) {
                    retryWithin(Duration.ZERO);
                    throw e;
                }
            }
        }
    }

    /** Tries the first letters of a sequence in order, as long as that goes well. */
    private void redrive(int segment, String key) throws Exception {
        var letters = storage.sequence(name(), key, LETTERS);
        for (var letter : letters) {
            if (letter.state() == DeadLetter.State.PARKED || isClosing()) {
                return;
            }
            var event = new Keyed(store.readEvent(letter.position()), key, segment);
            if (!handler.redrive(event, letter, failures)) {
                retryWithin(subscription.retry().firstPause());
                return;
            }
        }
        if (letters.size() < LETTERS) {
            owned.unpark(segment, key);
        } else {
            retryWithin(Duration.ZERO);
        }
    }

    private void succeeded() {
        lock.lock();
        try {
            failures = 0;
            lastError = null;
            state = State.RUNNING;
        } finally {
            lock.unlock();
        }
    }

    private boolean failed(Throwable error) {
        int count;
        boolean visible;
        boolean hopeless;
        lock.lock();
        try {
            failures++;
            count = failures;
            lastError = error;
            boolean anybodysFault = handler.kindOf(error) == FailureKind.UNAVAILABLE;
            visible = failures > PageHandler.PATIENCE || anybodysFault;
            stale |= visible;
            hopeless = !anybodysFault && failures >= settings.recovery().attempts() + PageHandler.PATIENCE;
            if (visible) {
                state = State.RETRYING;
                progress.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (hopeless) {
            LOG.error(
                    "The subscription '{}' has failed {} times after position {} and stops there",
                    name(),
                    count,
                    owned.position(),
                    error);
            return false;
        }
        if (!visible) {
            LOG.debug("A page of '{}' failed and is handled again with more care", name(), error);
            return true;
        }
        LOG.warn(
                "The subscription '{}' cannot go on after position {} (attempt {}); it will try again",
                name(),
                owned.position(),
                count,
                error);
        pause(settings.recovery().jittered(count, ThreadLocalRandom.current()));
        return true;
    }

    private Duration untilNextWork() throws Exception {
        long nanos = settings.lease().toNanos();
        if (!owned.isStored()) {
            if (isLeisurely()) {
                storePosition();
            } else {
                nanos = Math.min(nanos, LEISURE.toNanos());
            }
        }
        if (lettersDueAt != Long.MAX_VALUE) {
            nanos = Math.min(nanos, Math.max(1, lettersDueAt - System.nanoTime()));
        }
        return Duration.ofNanos(nanos);
    }

    /** Whether the stored checkpoint has been behind for a while; asked only while it is. */
    private boolean isLeisurely() {
        long now = System.nanoTime();
        if (unstoredSince == 0) {
            unstoredSince = now;
        }
        if (now - unstoredSince < LEISURE.toNanos()) {
            return false;
        }
        unstoredSince = 0;
        return true;
    }

    private void publishPosition() {
        lock.lock();
        try {
            reached = owned.isComplete() ? owned.position() : -1;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Assignment takeAssignment() {
        lock.lock();
        try {
            var latest = assignment;
            assignment = null;
            return latest;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a hint that came since the last wait, for an assignment, to be closed, or for the time to pass. */
    private void awaitSomething(Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lock();
        try {
            while (!hinted && assignment == null && !closing && nanos > 0) {
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
            LOG.debug("A pause of '{}' was interrupted", name(), e);
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

    private State state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    private void enter(State next) {
        lock.lock();
        try {
            state = Objects.requireNonNull(next);
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
