package dev.headwater.schema.compatibility;

/** Which of two versions has to read what the other one wrote. */
public enum Direction {
    /** The later version reads what the earlier one wrote. */
    BACKWARD,
    /** The earlier version reads what the later one writes. */
    FORWARD
}
