package dev.headwater.broker.spi;

import java.time.Duration;

/**
 * What a topic is to be like.
 *
 * @param name 1 to 249 letters, digits, dots, dashes and underscores
 * @param partitions for ever, since growing would break the order of keys
 * @param replicas on how many servers each record stands, where the broker has several
 * @param retention how long records stay
 */
public record Topic(String name, int partitions, int replicas, Retention retention) {

    private static final int MAX_LENGTH = 249;

    /** Checks name and numbers. */
    public Topic {
        if (!name.matches("[a-zA-Z0-9._-]{1," + MAX_LENGTH + "}") || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("The topic name '" + name + "' is none: expected 1 to " + MAX_LENGTH
                    + " letters, digits, dots, dashes or underscores");
        }
        if (partitions < 1 || replicas < 1) {
            throw new IllegalArgumentException("The topic '" + name + "' has " + partitions + " partitions with "
                    + replicas + " replicas each: expected 1 or more");
        }
    }

    /** A topic on one server that keeps everything. */
    public static Topic of(String name, int partitions) {
        return new Topic(name, partitions, 1, new Retention.Forever());
    }

    /** How long records stay: a closed choice. */
    public sealed interface Retention {

        /**
         * For some time.
         *
         * @param time how long at least
         */
        record For(Duration time) implements Retention {}

        /** The latest record of each key stays. */
        record Latest() implements Retention {}

        /** All stay. */
        record Forever() implements Retention {}
    }
}
