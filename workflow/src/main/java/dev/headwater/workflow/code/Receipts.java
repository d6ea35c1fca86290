package dev.headwater.workflow.code;

import dev.headwater.store.StreamId;
import dev.headwater.workflow.Step;
import org.jspecify.annotations.Nullable;

/** Causes effects in the database that holds the journals, each exactly once. */
interface Receipts {

    /**
     * Who wants to cause an effect.
     *
     * @param key of the step
     * @param journal of the instance
     * @param version at which it must be
     */
    record Claim(String key, StreamId journal, long version) {}

    /**
     * Causes an effect, or gives the result of the time when it was caused.
     *
     * @throws JournalMovedException when the journal has moved on; nothing was done
     */
    <X, T> @Nullable Object once(
            Claim claim, Class<X> transaction, Class<T> type, Step.TransactionalEffect<? super X, T> effect) throws Exception;

    /** For storages that have no transactions to offer. */
    static Receipts none() {
        return new Receipts() {
            @Override
            public <X, T> @Nullable Object once(
                    Claim claim, Class<X> transaction, Class<T> type, Step.TransactionalEffect<? super X, T> effect) {
                throw new IllegalStateException("The storage of these workflows has no transactions of the type "
                        + transaction.getName() + " to offer: use call() for this step");
            }
        };
    }
}
