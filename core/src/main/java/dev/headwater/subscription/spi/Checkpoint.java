package dev.headwater.subscription.spi;

import java.util.List;

/**
 * How far a segment has come: every wanted event up to a position was handled or became a dead letter, except those
 * that are still open.
 *
 * @param position up to here the log was read
 * @param open the positions of events at or before it that were read but not handled yet, ascending
 */
public record Checkpoint(long position, List<Long> open) {

    /** Copies the positions and requires their order. */
    public Checkpoint {
        open = List.copyOf(open);
        long last = Long.MIN_VALUE;
        for (long each : open) {
            if (each <= last || each > position) {
                throw new IllegalArgumentException("The open positions of a checkpoint at " + position
                        + " are not ascending up to there: found " + each + " after " + last);
            }
            last = each;
        }
    }

    /** A checkpoint with nothing open before it. */
    public static Checkpoint at(long position) {
        return new Checkpoint(position, List.of());
    }

    /** Up to here nothing is open. */
    public long complete() {
        return open.isEmpty() ? position : open.getFirst() - 1;
    }

    /** Whether an event is still to be handled. */
    public boolean isBefore(long event) {
        return event > position || open.contains(event);
    }
}
