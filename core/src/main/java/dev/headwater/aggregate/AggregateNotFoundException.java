package dev.headwater.aggregate;

import dev.headwater.HeadwaterException;
import dev.headwater.store.StreamId;

/** An aggregate was asked for that has no events. */
public final class AggregateNotFoundException extends HeadwaterException {

    private static final long serialVersionUID = 1L;

    private final transient StreamId stream;

    /** Creates the exception for a stream without events. */
    public AggregateNotFoundException(StreamId stream) {
        super(
                "There is no aggregate '" + stream + "': its stream has no events; check the id, or create it first",
                null);
        this.stream = stream;
    }

    /** The stream that was looked at. */
    public StreamId stream() {
        return stream;
    }
}
