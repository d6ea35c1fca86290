package dev.headwater.workflow;

/** What an instance of a process is at. */
public enum ProcessState {
    /** At work. */
    RUNNING,
    /** Waiting for an event, or for time to pass. */
    WAITING,
    /** What it does has failed, and is tried again. */
    RETRYING,
    /** Undoing what it has done. */
    COMPENSATING,
    /** It cannot go on as its code is now; nothing is lost. */
    STUCK,
    /** It has come to its end. */
    COMPLETED,
    /** It has failed, and what it had done was undone. */
    FAILED,
    /** It was cancelled, and what it had done was undone. */
    CANCELLED;

    /** Whether something is being done, or undone, unless it waits for something. */
    public boolean isAtWork() {
        return this == RUNNING || this == RETRYING || this == COMPENSATING;
    }

    /** Whether nothing happens any more by itself. */
    public boolean isEnded() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }
}
