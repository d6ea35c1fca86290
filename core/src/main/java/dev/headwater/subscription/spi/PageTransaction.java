package dev.headwater.subscription.spi;

import dev.headwater.subscription.DeadLetter;

/**
 * The transaction in which checkpoints move, with what is written in it. Used by one thread, which closes it.
 *
 * @param <T> what handlers write through, such as {@code java.sql.Connection}
 */
public interface PageTransaction<T> extends AutoCloseable {

    /** Work in a transaction. */
    @FunctionalInterface
    interface Part<T> {
        /** Does the work. */
        void in(T transaction) throws Exception;
    }

    /** What handlers write through. */
    T transaction();

    /** Marks where the transaction stands. */
    Mark mark() throws Exception;

    /** A place in a transaction to which it can return. Every mark is kept or undone, the latest one first. */
    interface Mark {

        /** What was done since then stays. */
        void keep() throws Exception;

        /**
         * Undoes what was written since then.
         *
         * @param failure why
         * @throws BrokenTransactionException when that is not possible any more
         */
        void undo(Throwable failure);
    }

    /** Writes a dead letter. */
    void park(Letter letter);

    /**
     * Removes a dead letter, as the last thing before the commit. The one that waits behind it becomes due in the same
     * transaction, so that a sequence goes on also when the instance does not live to do so.
     *
     * @param letter as it was read before its handler was called
     * @return false when it was discarded since then: it stays, and what the handler did is to be undone
     */
    boolean settle(DeadLetter letter) throws Exception;

    /** Forgets which effects of the event at a position are recorded as done, since all of it is. */
    void forgetEffects(long position);

    /**
     * Moves the checkpoints and makes everything durable, once and as the last thing.
     *
     * @throws ClaimLostException when the number of this transaction was taken by somebody else; nothing was changed
     * @throws Exception when it cannot be committed, or nobody knows whether it was
     */
    void commit() throws Exception;

    /**
     * Breaks off, from any thread, whatever the one that uses the transaction does or waits for, which then fails; what
     * was not committed is undone. A storage whose calls cannot hang need not do anything.
     */
    default void abort() {}

    /** Undoes everything unless it was committed. */
    @Override
    void close();
}
