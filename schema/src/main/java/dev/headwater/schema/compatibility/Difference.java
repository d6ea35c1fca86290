package dev.headwater.schema.compatibility;

/**
 * One reason why a version of a schema cannot read what another one wrote.
 *
 * @param direction which of the two reads
 * @param path where in the message, as in {@code $.items[*].price}; a star stands for every item, and for every
 *     property that has no schema of its own
 * @param kind what differs
 * @param explanation one sentence for people
 */
public record Difference(Direction direction, String path, Kind kind, String explanation) {

    /** What differs. */
    public enum Kind {
        /** A property that the reader insists on may be absent. */
        REQUIRED,
        /** A value may have a type that the reader does not take. */
        TYPE,
        /** A value may be none of those that the reader knows. */
        VALUES,
        /** A number may be outside of the reader's bounds. */
        RANGE,
        /** A text, array or object may be shorter or longer than the reader takes. */
        SIZE,
        /** A text need not match the reader's pattern. */
        PATTERN,
        /** A text need not have the reader's format. */
        FORMAT,
        /** A property may be present that the reader forbids. */
        PROPERTY,
        /** A value may fit none of the reader's alternatives. */
        ALTERNATIVE,
        /** The schemas use something that is not compared; it may or may not break the reader. */
        NOT_JUDGED
    }

    @Override
    public String toString() {
        return path + ": " + explanation;
    }
}
