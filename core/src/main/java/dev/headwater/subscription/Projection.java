package dev.headwater.subscription;

import dev.headwater.store.StoredEvent;
import java.util.List;

/**
 * Writes a read model from events, in the transaction that also moves the checkpoint: its effect happens exactly once.
 *
 * @param <T> the transaction, such as {@code java.sql.Connection}
 */
@FunctionalInterface
public interface Projection<T> {

    /**
     * Writes what a page of events means; called by one thread at a time, in position order.
     *
     * <p>If it throws, the transaction is rolled back and the same events come again. It neither commits nor closes the
     * transaction.
     *
     * @param events at least one event
     */
    void project(List<StoredEvent> events, T transaction) throws Exception;
}
