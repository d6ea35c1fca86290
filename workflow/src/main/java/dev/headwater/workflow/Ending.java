package dev.headwater.workflow;

import java.util.List;

/**
 * How an instance has ended: a closed choice.
 *
 * @param <R> what it ends with
 */
public sealed interface Ending<R> {

    /**
     * It ran to its end.
     *
     * @param result what the code returned
     * @param <R> what it ends with
     */
    record Completed<R>(R result) implements Ending<R> {}

    /**
     * It failed, and what it had done was undone.
     *
     * @param reason why, in words
     * @param compensations the names of those that ran, in this order
     * @param <R> what it would have ended with
     */
    record Failed<R>(String reason, List<String> compensations) implements Ending<R> {
        /** Copies the names. */
        public Failed {
            compensations = List.copyOf(compensations);
        }
    }

    /**
     * It was cancelled, and what it had done was undone.
     *
     * @param reason why, in words
     * @param by who has asked for it
     * @param compensations the names of those that ran, in this order
     * @param <R> what it would have ended with
     */
    record Cancelled<R>(String reason, String by, List<String> compensations) implements Ending<R> {
        /** Copies the names. */
        public Cancelled {
            compensations = List.copyOf(compensations);
        }
    }
}
