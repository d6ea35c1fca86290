package dev.headwater.subscription.spi;

import java.util.List;
import java.util.Map;

/**
 * How far a segment has come: every wanted event up to a position was handled or became a dead letter, except those
 * that are still open.
 *
 * @param position up to here the log was read
 * @param open the positions of events at or before it that were read but not handled yet, ascending
 * @param marks where the sources that others republish here stand in their own logs, by the names of these: everything
 *     up to there was seen up to the position, so that repetitions behind it are recognised
 */
public record Checkpoint(long position, List<Long> open, Map<String, Long> marks) {

    /** A checkpoint of a log that nobody republishes anything in. */
    public Checkpoint(long position, List<Long> open) {
        this(position, open, Map.of());
    }

    /** Copies the positions and requires their order. */
    public Checkpoint {
        open = List.copyOf(open);
        marks = Map.copyOf(marks);
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
