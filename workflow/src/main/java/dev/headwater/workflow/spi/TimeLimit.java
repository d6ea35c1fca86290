package dev.headwater.workflow.spi;

import java.time.Duration;

/** What becomes of the time limit of an instance: a closed choice. */
public sealed interface TimeLimit {

    /** The one that it has goes on; only of an instance that is there. */
    record Unchanged() implements TimeLimit {}

    /** It has none any more. */
    record None() implements TimeLimit {}

    /**
     * It ends so long after the moment of the transaction, by the clock of the storage.
     *
     * @param duration zero or more
     */
    record In(Duration duration) implements TimeLimit {}
}
