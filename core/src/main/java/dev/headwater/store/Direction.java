package dev.headwater.store;

/** The direction of a read. */
public enum Direction {
    /** From older events to newer ones. */
    FORWARDS,
    /** From newer events to older ones. */
    BACKWARDS
}
