package dev.headwater.memory;

import dev.headwater.subscription.CheckpointConflictException;
import dev.headwater.subscription.CheckpointStorage;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Checkpoints in the memory of the process, for tests.
 *
 * <p>There is no transaction: what a projection wrote before it failed stays written. Thread-safe; one projection runs
 * at a time.
 *
 * @param <T> the type of what is handed to projections
 */
public final class InMemoryCheckpoints<T> implements CheckpointStorage<T> {

    private final T transaction;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Long> positions = new HashMap<>();

    /** Checkpoints that hand {@code transaction}, such as the read model itself, to every projection. */
    public InMemoryCheckpoints(T transaction) {
        this.transaction = transaction;
    }

    @Override
    public long loadOrStart(String subscription, long initialPosition) {
        lock.lock();
        try {
            return positions.computeIfAbsent(subscription, name -> initialPosition);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void advance(String subscription, long from, long to, Work<T> work) throws Exception {
        lock.lock();
        try {
            long found = positions.getOrDefault(subscription, 0L);
            if (found != from) {
                throw new CheckpointConflictException(subscription, from, found);
            }
            work.in(transaction);
            positions.put(subscription, to);
        } finally {
            lock.unlock();
        }
    }
}
