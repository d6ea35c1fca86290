package dev.headwater.subscription;

/** What came of an event. */
sealed interface LaneOutcome {

    /** The event. */
    LaneTask task();

    /**
     * It is handled.
     *
     * @param recorded whether effects of it may be recorded
     */
    record Done(LaneTask task, boolean recorded) implements LaneOutcome {}

    /** The handler has thrown this. */
    record Failed(LaneTask task, Throwable failure) implements LaneOutcome {}
}
