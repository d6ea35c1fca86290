package dev.headwater.workflow.memory;

import dev.headwater.store.spi.EventStorage;
import dev.headwater.workflow.spi.StepReceipts;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Receipts in the memory of the process, for tests. One effect is caused at a time; there is no transaction, so what an
 * effect that fails has done stays done. Thread-safe.
 *
 * @param <T> the transaction that is handed to effects
 */
public final class InMemoryStepReceipts<T> implements StepReceipts<T> {

    private final EventStorage events;
    private final Class<T> type;
    private final T transaction;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, String> receipts = new HashMap<>();

    /** Receipts beside a log. */
    public InMemoryStepReceipts(EventStorage events, Class<T> type, T transaction) {
        this.events = events;
        this.type = type;
        this.transaction = transaction;
    }

    @Override
    public Class<T> transaction() {
        return type;
    }

    @Override
    public Optional<String> once(Claim claim, Work<T> work) throws Exception {
        lock.lock();
        try {
            var former = receipts.get(claim.key());
            if (former != null) {
                return Optional.of(former);
            }
            if (events.streamVersion(claim.journal()) != claim.version()) {
                return Optional.empty();
            }
            var result = work.in(transaction);
            receipts.put(claim.key(), result);
            return Optional.of(result);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void forget(Collection<String> keys, T ignored) {
        lock.lock();
        try {
            receipts.keySet().removeAll(keys);
        } finally {
            lock.unlock();
        }
    }
}
