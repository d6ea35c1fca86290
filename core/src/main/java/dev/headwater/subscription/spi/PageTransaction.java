package dev.headwater.subscription.spi;

import dev.headwater.subscription.DeadLetter;

/**
 * The transaction in which a checkpoint moves. Used by one thread.
 *
 * @param <T> what handlers write through, such as {@code java.sql.Connection}
 */
public interface PageTransaction<T> {

    /** Work in the transaction. */
    @FunctionalInterface
    interface Part<T> {
        /** Does the work. */
        void in(T transaction) throws Exception;
    }

    /** What handlers write through. */
    T transaction();

    /**
     * Does a part of the work; when it fails nothing of it remains, and the rest of the transaction is as before.
     *
     * @throws Exception what the part threw
     * @throws BrokenTransactionException when the part has left the transaction unusable
     */
    void attempt(Part<T> part) throws Exception;

    /** Writes a dead letter. */
    void park(Letter letter);

    /**
     * Removes a dead letter, as the last thing in the transaction. The one that waits behind it becomes due in the same
     * transaction, so that a sequence goes on also when the instance does not live to do so.
     *
     * @param letter as it was read before its handler was called
     * @return false when it was discarded since then: it stays, and what the handler did is to be undone
     */
    boolean settle(DeadLetter letter) throws Exception;

    /** Forgets which effects of the event at a position are recorded as done, since all of it is. */
    void forgetEffects(long position);
}
