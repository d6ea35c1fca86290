package dev.headwater.broker.spi;

import dev.headwater.HeadwaterException;

/**
 * A reader comes too late: the records that are next for it were removed since they were too old. It does not go on by
 * itself, since somebody has to know of the gap.
 */
public final class RecordsGoneException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final long after;
    private final long first;

    /**
     * Creates the exception.
     *
     * @param after after this position somebody wanted to read
     * @param first the first position that is still there
     */
    public RecordsGoneException(String topic, int partition, long after, long first) {
        super(
                "The records " + (after + 1) + " to " + (first - 1) + " of partition " + partition + " of the topic '"
                        + topic + "' were removed before they were read: get what they told from elsewhere, then reset"
                        + " the subscription to position " + (first - 1),
                null);
        this.after = after;
        this.first = first;
    }

    /** After this position somebody wanted to read. */
    public long after() {
        return after;
    }

    /** The first position that is still there. */
    public long first() {
        return first;
    }
}
