package dev.headwater.subscription;

import static java.util.Objects.requireNonNull;

import dev.headwater.UuidV7;
import dev.headwater.store.EventStore;
import dev.headwater.store.Hints;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs subscriptions on one event store, and shares their work with every other process that runs them.
 *
 * <p>A projection's effect and its checkpoint are committed together, so its effect happens once; a reactor is
 * at-least-once. Order is kept per {@linkplain SequenceKey sequence key}. When processes come and go, the segments of
 * the keys follow within a third of the {@linkplain SubscriptionSettings#lease lease}, or a little more than a lease
 * after a crash. Closing stops every subscription after the page at hand. Thread-safe.
 *
 * @param <T> the transaction handed to projections, such as {@code java.sql.Connection}
 */
public final class Subscriptions<T> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

    private final EventStore store;
    private final SubscriptionStorage<T> storage;
    private final SubscriptionSettings settings;
    private final String instance = UuidV7.next().toString();
    private final Hints hints;

    private final ReentrantLock lock = new ReentrantLock();
    /** Signalled when a subscription was started, and when this is closed. */
    private final Condition wake = lock.newCondition();

    private final Map<String, RunningSubscription<T>> running = new LinkedHashMap<>();
    private @Nullable Thread coordinator;
    private boolean renewalWanted;
    private boolean closing;
    private boolean stopped;

    /** Subscriptions with {@linkplain SubscriptionSettings#DEFAULT default settings}. */
    public Subscriptions(EventStore store, SubscriptionStorage<T> storage) {
        this(store, storage, SubscriptionSettings.DEFAULT);
    }

    /** Subscriptions with settings of the application's choice. */
    public Subscriptions(EventStore store, SubscriptionStorage<T> storage, SubscriptionSettings settings) {
        this.store = store;
        this.storage = storage;
        this.settings = settings;
        this.hints = store.onAppend(this::hintAll);
    }

    /** The name under which this process owns segments. */
    public String instance() {
        return instance;
    }

    /**
     * Starts a subscription at its checkpoints, or where it wants to begin.
     *
     * @throws IllegalStateException when one of the same name is running here
     */
    public RunningSubscription<T> start(Subscription<T> subscription) {
        lock.lock();
        try {
            if (closing) {
                throw new IllegalStateException(
                        "The subscription '" + subscription.name() + "' cannot be started: these are closed");
            }
            var former = running.get(subscription.name());
            if (former != null && !former.hasEnded()) {
                throw new IllegalStateException("The subscription '" + subscription.name()
                        + "' is running already: close it first, or use another name");
            }
            if (former != null) {
                former.close();
            }
            var started = new RunningSubscription<>(subscription, store, storage, settings, instance);
            running.put(subscription.name(), started);
            started.start();
            renewalWanted = true;
            wake.signalAll();
            if (coordinator == null) {
                coordinator = Thread.ofVirtual().name("subscriptions").start(this::coordinate);
            }
            return started;
        } finally {
            lock.unlock();
        }
    }

    /** How every subscription started here is doing, in the order of their start. */
    public List<SubscriptionStatus> status() {
        return snapshot().stream().map(RunningSubscription::status).toList();
    }

    /**
     * Stops a subscription on every instance, each within a third of its lease; what is at hand is finished. It stays
     * paused until it is resumed, also when all instances are started again.
     *
     * @param who is told to whoever asks why it stands still
     * @throws UnknownSubscriptionException when it was never started
     */
    public void pause(String subscription, String who) {
        storage.pause(subscription, who);
        renewSoon();
    }

    /**
     * Lets a paused subscription go on where it was.
     *
     * @throws UnknownSubscriptionException when it was never started
     * @throws IllegalStateException when another one has taken its place
     */
    public void resume(String subscription) {
        storage.resume(subscription);
        renewSoon();
    }

    /**
     * Moves a subscription, running or not: the events after the position are the next that its handler gets. Dead
     * letters of events after the position are forgotten, since these come again.
     */
    public void reset(String subscription, long position) {
        if (position < 0) {
            throw new IllegalArgumentException("The position is " + position + ": expected 0 or more");
        }
        storage.reset(subscription, position);
        renewSoon();
    }

    /**
     * Moves a subscription as {@link #reset(String, long)} does: the first event that happened at a time or later is
     * the next that its handler gets, with everything behind it; see {@link StartFrom.At}.
     */
    public void reset(String subscription, Instant time) {
        reset(subscription, store.positionBefore(time));
    }

    /**
     * Puts a rebuilt read model in the place of the one that served until now, in one step.
     *
     * <p>The successor is a subscription of another name, which writes tables of its own beside those of the former one
     * and is running; its status tells how far it has come, and its checkpoints survive crashes. When it has caught up,
     * this call does the {@code switchOver}, such as replacing a view, and ends the former subscription on every
     * instance, both in one transaction: who reads sees either the old read model or the new one, and never an older
     * state than before. To give a rebuild up, close the successor and {@link #forget} it.
     *
     * @param timeout how long to wait for the successor to catch up
     * @throws IllegalStateException when it has not caught up in time, or has dead letters; nothing was changed
     * @throws Exception what {@code switchOver} threw; nothing was changed
     */
    public void replace(String former, String successor, Duration timeout, PageTransaction.Part<T> switchOver)
            throws Exception {
        long end = System.nanoTime() + timeout.toNanos();
        var running = running(successor);
        var hasFailed = new AtomicBoolean();
        PageTransaction.Part<T> watched = transaction -> {
            hasFailed.set(true);
            switchOver.in(transaction);
            hasFailed.set(false);
        };
        while (true) {
            long target = furthest(former);
            running.awaitStored(target, Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            try {
                storage.replace(former, successor, watched);
                renewSoon();
                return;
            } catch (IllegalStateException e) {
                if (hasFailed.get() || System.nanoTime() - end >= 0 || running.hasEnded()) {
                    throw e;
                }
            }
        }
    }

    private long furthest(String subscription) {
        return storage.segments(subscription).stream()
                .mapToLong(SubscriptionStatus.Segment::position)
                .max()
                .orElse(0);
    }

    private RunningSubscription<T> running(String name) {
        lock.lock();
        try {
            var subscription = running.get(name);
            if (subscription == null) {
                throw new IllegalStateException("The subscription '" + name
                        + "' is not running here: start it first, found " + running.keySet());
            }
            return subscription;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Removes the checkpoints and dead letters of a subscription that is gone for good.
     *
     * @throws IllegalStateException when it is running here
     */
    public void forget(String subscription) {
        lock.lock();
        try {
            var former = running.get(subscription);
            if (former != null && !former.hasEnded()) {
                throw new IllegalStateException("The subscription '" + subscription + "' is running: close it first");
            }
        } finally {
            lock.unlock();
        }
        storage.forget(subscription);
    }

    /** Looks for work that somebody else has announced, such as dead letters to be tried again, without delay. */
    public void renewSoon() {
        lock.lock();
        try {
            renewalWanted = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Stops every subscription, waits until each has finished the page at hand, and gives their segments back. */
    @Override
    public void close() {
        hints.close();
        lock.lock();
        try {
            closing = true;
        } finally {
            lock.unlock();
        }
        var all = snapshot();
        all.forEach(RunningSubscription::closeSoon);
        all.forEach(RunningSubscription::close);
        stopCoordinator();
    }

    /** Last of all, since until then handlers are at work whose leases and time it looks after. */
    private void stopCoordinator() {
        Thread former;
        lock.lock();
        try {
            stopped = true;
            former = coordinator;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
        if (former != null) {
            joinUninterruptibly(former);
        }
    }

    /** Renews the leases, and looks for events that no hint told of. */
    private void coordinate() {
        long head = -1;
        long renewedAt = System.nanoTime() - settings.lease().toNanos();
        while (!isStopped()) {
            try {
                if (takeRenewalWanted()
                        || System.nanoTime() - renewedAt >= settings.renewal().toNanos()) {
                    renewedAt = System.nanoTime();
                    renew();
                }
                long latest = store.headPosition();
                if (latest != head) {
                    head = latest;
                    hintAll();
                }
            } catch (RuntimeException e) {
                LOG.warn("The leases of subscriptions were not renewed; it is tried again: {}", e.getMessage());
            }
            awaitTick();
        }
    }

    private void renew() {
        var alive = snapshot().stream()
                .filter(subscription -> !subscription.hasEnded() && !subscription.isStuck())
                .collect(Collectors.toMap(RunningSubscription::name, subscription -> subscription));
        if (alive.isEmpty()) {
            return;
        }
        var assignments = storage.renew(instance, alive.keySet(), settings.lease());
        alive.forEach((name, subscription) -> subscription.assign(requireNonNull(assignments.get(name))));
        // Those that have ended in the meantime may have been announced after they had left.
        alive.values().stream().filter(RunningSubscription::hasEnded).forEach(RunningSubscription::leave);
    }

    private void hintAll() {
        snapshot().forEach(RunningSubscription::hint);
    }

    private void awaitTick() {
        long nanos =
                Math.min(settings.pollInterval().toNanos(), settings.renewal().toNanos());
        lock.lock();
        try {
            while (!renewalWanted && !stopped && nanos > 0) {
                nanos = wake.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            LOG.debug("The thread that renews leases was interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    private boolean takeRenewalWanted() {
        lock.lock();
        try {
            boolean wanted = renewalWanted;
            renewalWanted = false;
            return wanted;
        } finally {
            lock.unlock();
        }
    }

    private boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    private List<RunningSubscription<T>> snapshot() {
        lock.lock();
        try {
            return new ArrayList<>(running.values());
        } finally {
            lock.unlock();
        }
    }

    /** Returns when the thread has ended; an interrupt is kept for later. */
    static void joinUninterruptibly(Thread thread) {
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
