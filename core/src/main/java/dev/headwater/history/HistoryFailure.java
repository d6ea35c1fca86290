package dev.headwater.history;

import dev.headwater.store.StreamId;
import java.util.UUID;

/**
 * A kind of event in the history that the present code cannot handle: the first such event, and how many there are.
 *
 * @param stage what it cannot do with it
 * @param reader the aggregate or projection that failed; empty when the event could not be decoded
 * @param type the name of its type, as it is stored
 * @param schemaVersion its schema version, as it is stored
 * @param id the first such event
 * @param position the place of that event in the log
 * @param stream the stream of that event
 * @param reason why it failed
 * @param count how many events of the kind failed; of a projection or an aggregate, at least so many
 */
public record HistoryFailure(
        Stage stage,
        String reader,
        String type,
        int schemaVersion,
        UUID id,
        long position,
        StreamId stream,
        String reason,
        long count) {

    HistoryFailure oneMore() {
        return new HistoryFailure(stage, reader, type, schemaVersion, id, position, stream, reason, count + 1);
    }

    /** What is done with an event, in this order. */
    public enum Stage {
        /** Checked, upcast and decoded. */
        DECODING,
        /** Folded into the state of its aggregate. */
        FOLDING,
        /** Handed to a projection, in a transaction that is rolled back. */
        PROJECTING
    }

    /** One line for a person. */
    @Override
    public String toString() {
        return "%s%s: '%s' version %d fails%s, first the event %s at position %d in the stream '%s': %s"
                .formatted(
                        switch (stage) {
                            case DECODING -> "decoding";
                            case FOLDING -> "folding into ";
                            case PROJECTING -> "projecting into ";
                        },
                        reader,
                        type,
                        schemaVersion,
                        count == 1 ? "" : " " + count + " times",
                        id,
                        position,
                        stream,
                        reason);
    }
}
