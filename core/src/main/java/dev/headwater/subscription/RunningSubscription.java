package dev.headwater.subscription;

import dev.headwater.failure.Failure;
import dev.headwater.store.AppendResult;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
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
    private final EventStore store;
    private final SubscriptionStorage<T> storage;
    private final WorkerState shared = new WorkerState();
    private final HandlerWatch watch;
    private final SubscriptionWorker<T> worker;
    private final Thread thread;

    RunningSubscription(
            Subscription<T> subscription,
            EventStore store,
            SubscriptionStorage<T> storage,
            SubscriptionSettings settings,
            String instance) {
        this.subscription = subscription;
        this.store = store;
        this.storage = storage;
        this.watch = new HandlerWatch(subscription.name(), settings.handlerLimit());
        int segments = register();
        var keys = new SequenceKeys(subscription.name(), subscription.sequenceKey(), segments);
        var owned = new OwnedSegments(keys, instance);
        this.worker = new SubscriptionWorker<>(
                new WorkPlace<>(subscription, store, storage, settings, owned, shared, watch), instance);
        this.thread =
                Thread.ofVirtual().name("subscription " + subscription.name()).unstarted(worker);
    }

    /** Where it begins is asked for only when it has never been started. */
    private int register() {
        int known = storage.segments(name()).size();
        return known > 0 ? known : storage.register(name(), subscription.segments(), initialPosition());
    }

    private long initialPosition() {
        return switch (subscription.start()) {
            case StartFrom.Beginning() -> 0;
            case StartFrom.End() -> store.headPosition();
            case StartFrom.After(long after) -> after;
            case StartFrom.At(var time) -> store.positionBefore(time);
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
        return shared.hasEnded();
    }

    /** How it is doing now. */
    public SubscriptionStatus status() {
        var segments = storage.segments(name());
        long position = Math.max(least(segments), shared.reached());
        long head = store.headPosition();
        var oldest = new Backlog(subscription, position, segments).oldest(store, head);
        return shared.status(name(), position, head, oldest.map(RunningSubscription::age), segments);
    }

    private static Duration age(StoredEvent event) {
        var age = Duration.between(event.time(), Instant.now());
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
        return await(Long.MAX_VALUE, timeout, () -> isStored(segments -> least(segments) >= wanted));
    }

    /** Looks at what this instance has reached, and now and then at what all have stored. */
    private boolean await(long wanted, Duration timeout, BooleanSupplier otherwise) throws InterruptedException {
        long start = System.nanoTime();
        while (true) {
            long waited = System.nanoTime() - start;
            long glance = Math.clamp(waited / 10, SHORTEST_GLANCE_NANOS, LONGEST_GLANCE_NANOS);
            if (shared.awaitReached(wanted, Math.min(glance, timeout.toNanos() - waited)) || otherwise.getAsBoolean()) {
                return true;
            }
            if (hasEnded() || System.nanoTime() - start >= timeout.toNanos()) {
                return false;
            }
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
     * @throws UnsupportedOperationException when this is a reactor, whose effects cannot be undone, or the storage has
     *     no transactions
     */
    public Rehearsal rehearse(long position) {
        if (!(subscription.handler() instanceof Subscription.Handler.Projecting<T>(var projection))) {
            throw new UnsupportedOperationException(
                    "The reactor '" + name() + "' cannot be rehearsed: its effects could not be undone");
        }
        var events = store.readEvent(position).current(subscription.query());
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
     * Stops after the page at hand, gives its segments back and waits for that; the checkpoints stay where they are.
     */
    @Override
    public void close() {
        closeSoon();
        if (Thread.currentThread() != thread && !watch.isCalling()) {
            Subscriptions.joinUninterruptibly(thread);
        }
    }

    /** Stops after the page at hand, without waiting for that. */
    void closeSoon() {
        shared.close();
    }

    /** There may be new events, or letters to retry. */
    void hint() {
        shared.hint();
    }

    /** What the storage wants this instance to do from now on. */
    void assign(Assignment latest) {
        shared.assign(latest);
    }

    /**
     * Interrupts a handler that takes longer than it may.
     *
     * @return whether the handler ignores that, so that the segments should no longer be held
     */
    boolean isStuck() {
        return watch.isStuck();
    }

    /** Gives everything back; to be repeated when the instance was announced again since. */
    void leave() {
        worker.leave();
    }
}
