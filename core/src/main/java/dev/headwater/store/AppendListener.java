package dev.headwater.store;

import java.time.Duration;

/**
 * Is told how a store appends, as for metrics. Every method does nothing unless it is overridden.
 *
 * <p>Called by the threads that append, several at once: it must be thread-safe, and return at once, since appends wait
 * for it. What it throws is logged and ignored. Appends in a transaction of the caller's are not told of.
 */
public interface AppendListener {

    /** Appends went to the database together, and came back, whatever became of them. */
    default void flushed(Flush flush) {}

    /**
     * A call of the database is over that has held the critical section of appends.
     *
     * @param atMost from sending it until its answer, so it has waited for the critical section, held it and made what
     *     it stored durable
     */
    default void held(Duration atMost) {}

    /**
     * Appends that shared one way to the database and back.
     *
     * @param appends how many they were, refused ones included
     * @param events how many events they have
     * @param queued how many other appends were waiting when these came back
     * @param took the whole time, with that for a connection
     */
    record Flush(int appends, int events, int queued, Duration took) {}
}
