package dev.headwater.subscription;

import dev.headwater.store.EventStore;
import dev.headwater.store.LogPage;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
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

    /** How long closing waits unless it is told. */
    static final Duration CLOSING_LIMIT = Duration.ofSeconds(8);

    private final EventStore store;
    private final SubscriptionStorage<T> storage;
    private final SubscriptionSettings settings;
    private final int room;
    private final Turns turns;

    /** Guards the following; never held during a call of the database. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Set<String> starting = new HashSet<>();
    private final Map<String, RunningSubscription<T>> running = new LinkedHashMap<>();
    private @Nullable Coordinator<T> coordinator;
    private boolean closing;
    private boolean roomWasTold;
    private boolean isFirst = true;

    /** What runs, for those who must not wait for the lock. */
    private volatile List<RunningSubscription<T>> all = List.of();

    private volatile String instance;

    /** Subscriptions with {@linkplain SubscriptionSettings#DEFAULT default settings}. */
    public Subscriptions(EventStore store, SubscriptionStorage<T> storage) {
        this(store, storage, SubscriptionSettings.DEFAULT);
    }

    /** Subscriptions with settings of the application's choice. */
    public Subscriptions(EventStore store, SubscriptionStorage<T> storage, SubscriptionSettings settings) {
        this(store, storage, settings, new Turns(room(storage)));
    }

    private Subscriptions(
            EventStore store, SubscriptionStorage<T> storage, SubscriptionSettings settings, Turns turns) {
        this.store = store;
        this.storage = storage;
        this.settings = settings;
        this.room = room(storage);
        this.turns = turns;
        this.instance = settings.newInstance();
    }

    private static int room(SubscriptionStorage<?> storage) {
        return Math.max(1, storage.concurrentTransactions());
    }

    /**
     * Subscriptions on another log, with the same storage and settings, which take turns with these: all together open
     * no more transactions at once than the storage has room for. Both are closed for themselves.
     */
    public Subscriptions<T> onLog(EventStore other) {
        return new Subscriptions<>(other, storage, settings, turns);
    }

    /** How these share work, wait and recover. */
    public SubscriptionSettings settings() {
        return settings;
    }

    /** The name under which this process owns segments; another one after it was closed and something started again. */
    public String instance() {
        return instance;
    }

    /**
     * Starts a subscription at its checkpoints, or where it wants to begin; also after these were closed.
     *
     * @throws IllegalStateException when one of the same name is running here, or these are being closed
     * @throws IllegalArgumentException when it would begin beyond the end of the log, or wants events of a type that
     *     nobody has registered
     */
    public RunningSubscription<T> start(Subscription<T> subscription) {
        TypesOfQuery.requireKnown(subscription, store.serializer());
        var former = reserve(subscription.name());
        try {
            former.ifPresent(RunningSubscription::close);
            var started = new RunningSubscription<>(
                    subscription, new Host<>(store, storage, settings, instance, turns, this::outage));
            begin(started);
            return started;
        } finally {
            lock.lock();
            try {
                starting.remove(subscription.name());
            } finally {
                lock.unlock();
            }
        }
    }

    /** Keeps others from starting one of the same name; returns the one that has ended. */
    private Optional<RunningSubscription<T>> reserve(String name) {
        lock.lock();
        try {
            requireOpen(name);
            var former = Optional.ofNullable(running.get(name));
            if (former.filter(present -> !present.hasEnded()).isPresent() || !starting.add(name)) {
                throw new IllegalStateException(
                        "The subscription '" + name + "' is running already: close it first, or use another name");
            }
            return former;
        } finally {
            lock.unlock();
        }
    }

    private void begin(RunningSubscription<T> started) {
        lock.lock();
        try {
            requireOpen(started.name());
            running.put(started.name(), started);
            all = List.copyOf(running.values());
            started.start();
            if (coordinator == null) {
                coordinator = new Coordinator<>(store, storage, settings, instance, newSuccession(), () -> all);
            }
            coordinator.renewSoon();
            tellRoom();
        } finally {
            lock.unlock();
        }
    }

    /** What was left behind here is no former process, so there is nothing to take over a second time. */
    private Succession newSuccession() {
        var succession = new Succession(storage, isFirst ? settings.formerInstances() : Optional.empty(), instance);
        isFirst = false;
        return succession;
    }

    private void requireOpen(String name) {
        if (closing) {
            throw new IllegalStateException(
                    "The subscription '" + name + "' cannot be started: these are being closed");
        }
    }

    private void tellRoom() {
        if (!roomWasTold && running.size() > room && room > 1) {
            roomWasTold = true;
            LOG.warn(
                    "{} subscriptions share {} transactions at once, so that others find connections: they take turns;"
                            + " a larger pool lets more of them work side by side",
                    running.size(),
                    room);
        }
    }

    private Optional<Coordinator.Outage> outage() {
        return coordinator().flatMap(Coordinator::outage);
    }

    private Optional<Coordinator<T>> coordinator() {
        lock.lock();
        try {
            return Optional.ofNullable(coordinator);
        } finally {
            lock.unlock();
        }
    }

    /**
     * How every subscription started here is doing, in the order of their start. That takes two questions to the
     * database, and one for each place in the log at which some of them stand with events before them.
     */
    public List<SubscriptionStatus> status() {
        var known = overview().stream().collect(Collectors.toMap(SubscriptionOverview::name, Function.identity()));
        long head = store.headPosition();
        var pages = new HashMap<Long, LogPage>();
        return all.stream()
                .map(each -> each.status(
                        known.getOrDefault(each.name(), SubscriptionOverview.unknown(each.name())),
                        head,
                        position -> pages.computeIfAbsent(position, after -> Backlog.pageBehind(store, after))))
                .toList();
    }

    /** What the storage knows of every subscription, whoever runs it, and also when nobody does; by name. */
    public List<SubscriptionOverview> overview() {
        return storage.overview(Optional.empty());
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
     *
     * @throws UnknownSubscriptionException when it was never started
     * @throws IllegalArgumentException when the log does not reach that far
     */
    public void reset(String subscription, long position) {
        if (position < 0) {
            throw new IllegalArgumentException("The position is " + position + ": expected 0 or more");
        }
        storage.reset(subscription, RunningSubscription.requireInLog(position, store));
        all.stream().filter(each -> each.name().equals(subscription)).forEach(RunningSubscription::moved);
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
        return all.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The subscription '" + name
                        + "' is not running here: start it first, found "
                        + all.stream().map(RunningSubscription::name).toList()));
    }

    /**
     * Removes the checkpoints and dead letters of a subscription that is gone for good. Where another process still
     * runs it, it ends within a third of a lease, and says that it was {@linkplain SubscriptionStatus.State#FORGOTTEN
     * forgotten}; nothing else that runs there is affected.
     *
     * @throws IllegalStateException when it is running here
     * @throws UnknownSubscriptionException when it was never started
     */
    public void forget(String subscription) {
        if (all.stream().anyMatch(each -> each.name().equals(subscription) && !each.hasEnded())) {
            throw new IllegalStateException("The subscription '" + subscription + "' is running: close it first");
        }
        storage.forget(subscription);
    }

    /** Looks for work that somebody else has announced, such as dead letters to be tried again, without delay. */
    public void renewSoon() {
        coordinator().ifPresent(Coordinator::renewSoon);
    }

    /**
     * Stops every subscription, waits until each has finished the page at hand, and gives their segments back; for some
     * seconds at most, as {@link #close(Duration)} does.
     */
    @Override
    public void close() {
        close(CLOSING_LIMIT);
    }

    /**
     * Stops every subscription, waits until each has finished the page at hand, and gives their segments back. In the
     * second half of the time what is at hand is interrupted, and so is a call of the database. What has not ended then
     * is left behind, and logged: it handles no further page, and its segments are free when its lease has run out.
     * Afterwards subscriptions can be started again.
     *
     * @return the names of those that were left behind
     */
    public List<String> close(Duration limit) {
        var deadline = Deadline.in(limit);
        var former = beginClosing();
        former.ifPresent(Coordinator::stopHints);
        var closed = all;
        closed.forEach(RunningSubscription::closeSoon);
        var half = deadline.half();
        closed.stream().filter(each -> !each.joinBefore(half)).forEach(RunningSubscription::interrupt);
        var left = closed.stream()
                .filter(each -> !each.joinBefore(deadline))
                .map(RunningSubscription::name)
                .toList();
        former.ifPresent(present -> present.stop(deadline));
        endClosing(!left.isEmpty());
        if (!left.isEmpty()) {
            LOG.warn("These subscriptions have not ended within {} and are left behind: {}", limit, left);
        }
        return left;
    }

    private Optional<Coordinator<T>> beginClosing() {
        lock.lock();
        try {
            closing = true;
            return Optional.ofNullable(coordinator);
        } finally {
            lock.unlock();
        }
    }

    /** Whoever was left behind keeps the name under which it owned segments, and gets no successor of that name. */
    private void endClosing(boolean someLeft) {
        lock.lock();
        try {
            coordinator = null;
            instance = settings.newInstance();
            if (someLeft) {
                running.clear();
                all = List.of();
            }
            closing = false;
        } finally {
            lock.unlock();
        }
    }
}
