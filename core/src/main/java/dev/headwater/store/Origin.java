package dev.headwater.store;

/**
 * Where an event that came from elsewhere stood in the log of its source. It is what repetitions are recognised by: a
 * source tells its events in the order of their positions, so whatever is at or before the last one that was seen was
 * seen before.
 *
 * @param source who told it, such as {@code /shop/ordering}
 * @param log which log the position is one of; another one after a log was restored from an older copy
 * @param position its place in that log, from 1; 0 when the source did not say
 * @param part its number among the messages that were made of the event at that position, from 0
 */
public record Origin(String source, String log, long position, int part) {

    /** The most messages that can be made of one event. */
    public static final int MAX_PARTS = 1024;

    /** The largest position. */
    public static final long MAX_POSITION = Long.MAX_VALUE / MAX_PARTS - 1;

    /** Checks the numbers. */
    public Origin {
        if (position < 0 || position > MAX_POSITION || part < 0 || part >= MAX_PARTS) {
            throw new IllegalArgumentException("A message is number " + part + " of the event at position " + position
                    + " of its source: expected a position of at most " + MAX_POSITION + " and less than " + MAX_PARTS
                    + " messages made of one event");
        }
    }

    /** Whether the source has said where it stood. */
    public boolean isKnown() {
        return position > 0;
    }

    /** Names the log among those of all sources. */
    public String logOfSource() {
        return source + '\n' + log;
    }

    /** Grows with the position, and with the part within it. */
    public long order() {
        return position * MAX_PARTS + part;
    }
}
