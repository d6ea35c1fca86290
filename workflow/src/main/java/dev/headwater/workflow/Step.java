package dev.headwater.workflow;

import java.time.Duration;

/**
 * An effect outside of the workflow. Its result is recorded before anything else is done, and returned from then on.
 *
 * <p>An effect whose process dies before the record is repeated, with the same key. One in the same database need not
 * be: see {@link #transaction}. Immutable.
 */
public interface Step {

    /**
     * An effect.
     *
     * @param <T> its result
     */
    @FunctionalInterface
    interface Effect<T> {
        /** Causes it; {@code key} is the same in every attempt, for services that tell repetitions by one. */
        T call(String key) throws Exception;
    }

    /** An effect without a result. */
    @FunctionalInterface
    interface Action {
        /** Causes it; {@code key} is the same in every attempt, for services that tell repetitions by one. */
        void run(String key) throws Exception;
    }

    /**
     * An effect in the database that holds the journal.
     *
     * @param <X> the transaction
     * @param <T> its result
     */
    @FunctionalInterface
    interface TransactionalEffect<X, T> {
        /** Causes it through a transaction, such as {@code java.sql.Connection}. */
        T call(X transaction) throws Exception;
    }

    /** The same step with another way to treat failures; {@link StepRetry#DEFAULT} unless chosen. */
    Step retrying(StepRetry policy);

    /** The same step whose attempts may take no longer than this, each; a minute unless chosen. */
    Step within(Duration limit);

    /**
     * The same step with what undoes it if the workflow fails or is cancelled later. That is armed before the first
     * attempt: an effect whose outcome is unknown is undone too, since it may have been caused all the same. It gets
     * the key of the step, and is repeated until it succeeds.
     */
    Step undoneBy(Action undo);

    /**
     * Causes the effect, unless the journal knows its result. What is returned has been read from the record.
     *
     * @param type of the result, at most 1 MiB as JSON
     * @throws StepFailedException when the last attempt has failed; a {@link WorkflowFailedException} unless it is
     *     caught
     */
    <T> T call(Class<T> type, Effect<T> effect);

    /**
     * Causes an effect without a result.
     *
     * @throws StepFailedException as {@link #call} does
     */
    void run(Action action);

    /**
     * Causes an effect in the database that holds the journal, exactly once.
     *
     * @param transaction what the storage's transactions are, such as {@code java.sql.Connection}
     * @throws StepFailedException as {@link #call} does
     */
    <X, T> T transaction(Class<X> transaction, Class<T> type, TransactionalEffect<? super X, T> effect);
}
