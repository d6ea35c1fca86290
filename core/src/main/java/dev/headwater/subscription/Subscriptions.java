package dev.headwater.subscription;

import dev.headwater.store.EventStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs the subscriptions of one process on one event store.
 *
 * <p>A projection's effect and its checkpoint are committed together, so its effect happens once; a reactor is
 * at-least-once. Closing stops every subscription after the page at hand. Thread-safe.
 *
 * @param <T> the transaction handed to projections, such as {@code java.sql.Connection}
 */
public final class Subscriptions<T> implements AutoCloseable {

    private final EventStore store;
    private final CheckpointStorage<T> checkpoints;
    private final SubscriptionSettings settings;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, RunningSubscription<T>> running = new LinkedHashMap<>();

    /** Subscriptions with {@linkplain SubscriptionSettings#DEFAULT default settings}. */
    public Subscriptions(EventStore store, CheckpointStorage<T> checkpoints) {
        this(store, checkpoints, SubscriptionSettings.DEFAULT);
    }

    /** Subscriptions with settings of the application's choice. */
    public Subscriptions(EventStore store, CheckpointStorage<T> checkpoints, SubscriptionSettings settings) {
        this.store = store;
        this.checkpoints = checkpoints;
        this.settings = settings;
    }

    /**
     * Starts a subscription at its checkpoint, or where it wants to begin.
     *
     * @throws IllegalStateException when one of the same name is running here
     */
    public RunningSubscription<T> start(Subscription<T> subscription) {
        lock.lock();
        try {
            var former = running.get(subscription.name());
            if (former != null && !former.hasEnded()) {
                throw new IllegalStateException("The subscription '" + subscription.name()
                        + "' is running already: close it first, or use another name");
            }
            var started = new RunningSubscription<>(subscription, store, checkpoints, settings);
            running.put(subscription.name(), started);
            started.start();
            return started;
        } finally {
            lock.unlock();
        }
    }

    /** How every subscription started here is doing, in the order of their start. */
    public List<SubscriptionStatus> status() {
        return snapshot().stream().map(RunningSubscription::status).toList();
    }

    /** Stops every subscription and waits until each has finished the page at hand. */
    @Override
    public void close() {
        snapshot().forEach(RunningSubscription::close);
    }

    private List<RunningSubscription<T>> snapshot() {
        lock.lock();
        try {
            return new ArrayList<>(running.values());
        } finally {
            lock.unlock();
        }
    }
}
