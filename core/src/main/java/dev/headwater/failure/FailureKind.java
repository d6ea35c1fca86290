package dev.headwater.failure;

/** What a failure of a handler means for what comes next. */
public enum FailureKind {
    /**
     * Something that every event needs is out of reach, such as the database: the subscription pauses and goes on with
     * the same event, without counting an attempt.
     */
    UNAVAILABLE,
    /** This event may succeed later: it is tried again, while events of other keys go on. */
    TRANSIENT,
    /** This event will fail again until somebody does something: it becomes a dead letter at once. */
    PERMANENT
}
