package dev.headwater.subscription;

/**
 * Keeps how far every subscription has come, and moves it together with what a handler wrote. Implementations are
 * thread-safe.
 *
 * @param <T> the transaction handed to projections, such as {@code java.sql.Connection}
 */
public interface CheckpointStorage<T> {

    /** Work that happens in a transaction. */
    @FunctionalInterface
    interface Work<T> {
        /** Does the work; throwing rolls it back. */
        void in(T transaction) throws Exception;
    }

    /** The checkpoint of a subscription; when it has none yet, the given position becomes its first one. */
    long loadOrStart(String subscription, long initialPosition);

    /**
     * Runs {@code work} and moves the checkpoint, both in one transaction.
     *
     * @param from where the checkpoint must stand; it is checked and locked before the work begins
     * @param to where it stands afterwards
     * @throws CheckpointConflictException when it stands elsewhere, because another instance moved it; nothing was
     *     changed
     * @throws Exception what the work threw; nothing was changed
     */
    void advance(String subscription, long from, long to, Work<T> work) throws Exception;
}
