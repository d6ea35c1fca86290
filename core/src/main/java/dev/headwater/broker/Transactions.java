package dev.headwater.broker;

import dev.headwater.store.EventStore;

/**
 * Runs work in transactions of an application's database.
 *
 * <pre>{@code
 * Transactions<Connection> transactions = work -> {
 *     try (var connection = dataSource.getConnection()) {
 *         connection.setAutoCommit(false);
 *         work.in(connection, store.over(events.within(connection)));
 *         connection.commit();
 *     }
 * };
 * }</pre>
 *
 * @param <T> a transaction, such as {@code java.sql.Connection}
 */
@FunctionalInterface
public interface Transactions<T> {

    /**
     * Runs work once, in a transaction of its own, and commits. When the work or the commit fails, nothing of it stays,
     * and that failure is thrown as it is.
     */
    void run(Work<T> work) throws Exception;

    /** What is done in a transaction. */
    @FunctionalInterface
    interface Work<T> {

        /**
         * Does it.
         *
         * @param transaction writes what else is written
         * @param store the event store within the transaction
         */
        void in(T transaction, EventStore store) throws Exception;
    }
}
