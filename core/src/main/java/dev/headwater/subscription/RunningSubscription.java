package dev.headwater.subscription;

import dev.headwater.failure.Failure;
import dev.headwater.store.AppendResult;
import dev.headwater.store.EventStore;
import dev.headwater.store.LogPage;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
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

    private static final long SHORTEST_GLANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_GLANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Subscription<T> subscription;
    private final Host<T> host;
    private final EventStore store;
    private final SubscriptionStorage<T> storage;
    private final Predicate<StoredEvent> wanted;
    private final WorkerState shared = new WorkerState();
    private final HandlerWatch watch;
    private final WorkPlace<T> place;
    private final SubscriptionWorker<T> worker;
    private final Thread thread;
    private final Optional<SteppedWorker> stepped;

    /** Registers the subscription, unless it is known, and does not start it yet. */
    RunningSubscription(Subscription<T> subscription, Host<T> host) {
        this.subscription = subscription;
        this.host = host;
        this.store = host.store();
        this.storage = host.storage();
        this.wanted = store.filter(subscription.query());
        this.watch = new HandlerWatch(subscription.name(), host.settings().handlerLimit(), shared.pulse());
        int segments = register();
        var keys = new SequenceKeys(subscription.name(), subscription.sequenceKey(), segments);
        var owned = new OwnedSegments(keys, host.instance());
        var turns =
                new TakingTurns<>(storage, host.turns(), shared, host.settings().handlerLimit());
        this.place = new WorkPlace<>(subscription, store, turns, host.settings(), owned, shared, watch);
        this.worker = new SubscriptionWorker<>(place, host.instance());
        this.thread =
                Thread.ofVirtual().name("subscription " + subscription.name()).unstarted(worker);
        this.stepped = host.settings().stepper().map(stepper -> new SteppedWorker(worker, shared, stepper));
    }

    /** Where it begins is asked for only when it has never been started. */
    private int register() {
        var known = storage.segments(name());
        if (known.isEmpty()) {
            return storage.register(name(), subscription.segments(), initialPosition());
        }
        long furthest = known.stream()
                .mapToLong(SubscriptionStatus.Segment::position)
                .max()
                .orElse(0);
        long head = store.headPosition();
        if (furthest > head) {
            LOG.error(
                    "The checkpoints of '{}' stand at {}, beyond the end of the log at {}: events would be left out;"
                            + " reset it if the log was restored from an older copy",
                    name(),
                    furthest,
                    head);
        }
        return known.size();
    }

    private long initialPosition() {
        return switch (subscription.start()) {
            case StartFrom.Beginning() -> 0;
            case StartFrom.End() -> store.headPosition();
            case StartFrom.After(long after) -> requireInLog(after, store);
            case StartFrom.At(var time) -> store.positionBefore(time);
        };
    }

    /** Refuses a position beyond the end of the log, since events that are appended there would be left out. */
    static long requireInLog(long position, EventStore store) {
        long head = store.headPosition();
        if (position > head) {
            throw new IllegalArgumentException("The position " + position
                    + " is beyond the end of the log: expected 0 to " + head + ", where it ends");
        }
        return position;
    }

    void start() {
        if (stepped.isPresent()) {
            host.settings().stepper().orElseThrow().add(stepped.get());
        } else {
            shared.pulse().of(thread);
            thread.start();
        }
    }

    /** The name of the subscription. */
    public String name() {
        return subscription.name();
    }

    /** Whether it has failed for good or was closed, so that another may take its place. */
    boolean hasEnded() {
        return shared.hasEnded();
    }

    /** How it is doing now. */
    public SubscriptionStatus status() {
        var overview = storage.overview(Optional.of(name())).stream().findFirst();
        return status(
                overview.orElse(SubscriptionOverview.unknown(name())),
                store.headPosition(),
                position -> Backlog.pageBehind(store, position));
    }

    /**
     * The same from what is known already, which was read in this order.
     *
     * @param pages what comes behind a position of the log
     */
    SubscriptionStatus status(SubscriptionOverview overview, long head, LongFunction<LogPage> pages) {
        long position = Math.max(overview.position(), shared.reached());
        long lag = Math.max(0, head - position);
        var oldest = lag == 0
                ? Optional.<StoredEvent>empty()
                : new Backlog(subscription, position, overview.segments()).oldestNearby(store, pages);
        var activity = shared.activity(position, lag);
        var health = Health.of(activity, overview, head, host.lastingOutage());
        return new SubscriptionStatus(
                name(),
                health.state(),
                health.reason(),
                position,
                lag,
                oldest.map(this::age),
                activity.eventsPerSecond(),
                activity.timeLeft(),
                activity.failures(),
                activity.lastError(),
                overview);
    }

    private Duration age(StoredEvent event) {
        var age = Duration.between(event.time(), store.clock().instant());
        return age.isNegative() ? Duration.ZERO : age;
    }

    /**
     * Waits until the subscription has handled what was appended, on whichever instance, so that its effect can be
     * read.
     *
     * @return whether that happened in time; false also when this instance fails or is closed before. What became a
     *     dead letter counts as handled.
     */
    public boolean awaitCaughtUp(AppendResult appended, Duration timeout) throws InterruptedException {
        long before = appended.firstPosition() - 1;
        long last = appended.lastPosition();
        return await(last, timeout, () -> isHandledElsewhere(segments -> Math.max(before, least(segments)), last));
    }

    /**
     * Waits until everything up to a position has been handled or became a dead letter, on whichever instance.
     *
     * @return whether that happened in time; false also when this instance fails or is closed before
     */
    public boolean awaitPosition(long wanted, Duration timeout) throws InterruptedException {
        return await(wanted, timeout, () -> isHandledElsewhere(RunningSubscription::least, wanted));
    }

    /**
     * Waits until every stored checkpoint stands at a position or after it. Where nothing is wanted they follow at
     * leisure.
     */
    boolean awaitStored(long wanted, Duration timeout) throws InterruptedException {
        hint();
        return await(Long.MAX_VALUE, timeout, () -> isStored(segments -> least(segments) >= wanted));
    }

    /**
     * Looks at what this instance has reached, and now and then at what all have stored. Another instance may have
     * moved the checkpoints, and this one not been told yet, so what it has reached is compared with the storage.
     */
    private boolean await(long wanted, Duration timeout, BooleanSupplier otherwise) throws InterruptedException {
        long start = System.nanoTime();
        while (true) {
            long waited = System.nanoTime() - start;
            long glance = Math.clamp(waited / 10, SHORTEST_GLANCE_NANOS, LONGEST_GLANCE_NANOS);
            boolean reached = shared.awaitReached(wanted, Math.min(glance, timeout.toNanos() - waited));
            if ((reached && hasReached(wanted)) || otherwise.getAsBoolean()) {
                return true;
            }
            if (reached) {
                TimeUnit.NANOSECONDS.sleep(SHORTEST_GLANCE_NANOS);
            }
            if (hasEnded() || System.nanoTime() - start >= timeout.toNanos()) {
                return false;
            }
        }
    }

    private boolean hasReached(long wanted) {
        var known = shared.epochs();
        try {
            var stored = storage.holding(name(), host.instance()).claims().stream()
                    .collect(Collectors.toMap(Claim::segment, Claim::epoch));
            return shared.hasReached(wanted, known, stored);
        } catch (StoreUnavailableException | UnknownSubscriptionException e) {
            LOG.debug("Whether '{}' was moved from outside is not known now", name(), e);
            return false;
        }
    }

    /** Whether no wanted event up to a position is left to any segment, as far as this instance cannot tell alone. */
    private boolean isHandledElsewhere(ToLongFunction<List<SubscriptionStatus.Segment>> after, long upTo) {
        return !shared.knowsPosition()
                && isStored(segments -> !segments.isEmpty()
                        && store.headPosition() >= upTo
                        && new Backlog(subscription, after.applyAsLong(segments), segments)
                                .oldest(store, upTo)
                                .isEmpty());
    }

    private boolean isStored(Predicate<List<SubscriptionStatus.Segment>> isReached) {
        try {
            return isReached.test(storage.segments(name()));
        } catch (StoreUnavailableException e) {
            LOG.debug("How far '{}' has come is not known now", name(), e);
            return false;
        }
    }

    private static long least(List<SubscriptionStatus.Segment> segments) {
        return segments.stream()
                .mapToLong(SubscriptionStatus.Segment::position)
                .min()
                .orElse(0);
    }

    /**
     * Finds out what the handler would do with an event, such as one that became a dead letter, and changes nothing:
     * its transaction is rolled back. What a handler does elsewhere is not undone.
     *
     * @throws UnsupportedOperationException when this is no projection, so that its effects cannot be undone, or the
     *     storage has no transactions
     */
    public Rehearsal rehearse(long position) {
        if (!(subscription.handler() instanceof Subscription.Handler.Projecting<T>(var projection))) {
            throw new UnsupportedOperationException(
                    "The subscription '" + name() + "' cannot be rehearsed: its effects could not be undone");
        }
        var events = place.eventOfLetter(position).current(subscription.query());
        try {
            var changes = storage.rehearse(transaction -> projection.project(events, transaction));
            return new Rehearsal(Optional.empty(), changes);
        } catch (UnsupportedOperationException e) {
            throw e;
        } catch (Exception | Error e) {
            return new Rehearsal(Optional.of(Failure.of(e)), List.of());
        }
    }

    /**
     * Stops after the page at hand, gives its segments back and waits for that, for some seconds at most; the
     * checkpoints stay where they are.
     */
    @Override
    public void close() {
        close(Subscriptions.CLOSING_LIMIT);
    }

    /**
     * Stops after the page at hand, gives its segments back and waits for that. In the second half of the time what is
     * at hand is interrupted, and so is a call of the database. What has not ended then is left behind: it handles no
     * further page, and its segments are free when its lease has run out.
     *
     * @return whether it has ended in time
     */
    public boolean close(Duration limit) {
        closeSoon();
        var deadline = Deadline.in(limit);
        boolean ended = joinBefore(deadline.half());
        if (!ended) {
            interrupt();
            ended = joinBefore(deadline);
        }
        if (!ended) {
            LOG.warn("The subscription '{}' has not ended within {} and is left behind", name(), limit);
        }
        return ended;
    }

    /** Whether it has ended in time; at once for its own handler, which cannot wait for itself. */
    boolean joinBefore(Deadline deadline) {
        if (stepped.isPresent() && !watch.isCalling()) {
            Stepper.finish(stepped.get());
            return stepped.get().hasEnded();
        }
        return Thread.currentThread() == thread || watch.isCalling() || deadline.join(thread);
    }

    void interrupt() {
        thread.interrupt();
    }

    /** Stops after the page at hand, without waiting for that. */
    void closeSoon() {
        shared.close();
    }

    /** There may be new events, or letters to retry. */
    void hint() {
        shared.hint();
    }

    boolean wantsEverything() {
        return subscription.query().anyOf().isEmpty();
    }

    /** Whether an event, as it is stored, is wanted. */
    boolean wants(StoredEvent event) {
        return wanted.test(event);
    }

    /** Nothing is wanted after one position and up to another. */
    void nothingWanted(long from, long through) {
        shared.nothingWanted(from, through);
    }

    /** Has it store how far it has come where nothing was wanted. */
    void storeWhatWasSkipped() {
        shared.storeWhatWasSkipped();
    }

    /** Its checkpoints were moved from outside. */
    void moved() {
        shared.moved();
        shared.hint();
    }

    /** How often that has happened. */
    long moves() {
        return shared.moves();
    }

    /**
     * What the storage wants this instance to do from now on.
     *
     * @param movesBefore how often it had been {@linkplain #moved() moved} before the storage was asked
     */
    void assign(Assignment latest, long movesBefore) {
        shared.assign(latest, movesBefore);
    }

    /** The storage does not know it any more. */
    void forgotten() {
        LOG.warn("The subscription '{}' was forgotten by somebody while it ran here: it ends", name());
        shared.forget();
    }

    /**
     * Whether its leases should be renewed: it has not ended, no handler ignores that its time is up, and it has come
     * by lately.
     */
    boolean isAlive(Duration silence) {
        return !hasEnded() && !watch.isStuck() && !shared.pulse().isSilentFor(silence);
    }

    /** Interrupts a handler that takes longer than it may, and a call of the database that is not answered. */
    void lookAfter(Duration silence) {
        if (hasEnded()) {
            return;
        }
        if (watch.isStuck()) {
            LOG.debug("A handler of '{}' ignores that it is interrupted", name());
        }
        if (shared.pulse().interruptIfSilentFor(silence)) {
            LOG.warn(
                    "The subscription '{}' has got no answer within {}: its call is interrupted and its leases are not"
                            + " renewed before it comes by again",
                    name(),
                    silence);
        }
    }

    /** Gives everything back; to be repeated when the instance was announced again since. */
    void leave() {
        worker.leave();
    }
}
