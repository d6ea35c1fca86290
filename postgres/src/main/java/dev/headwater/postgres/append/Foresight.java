package dev.headwater.postgres.append;

import java.util.List;
import java.util.UUID;

/**
 * Where the events of a batch will stand if the last event of the log is the one that is known.
 *
 * @param head the position of the last event
 * @param headId the id of that event
 * @param streams the streams of the batch, in the order of their numbers there
 */
record Foresight(long head, UUID headId, List<KnownLog.Stream> streams) {

    boolean hasNewStreams() {
        return streams.stream().anyMatch(KnownLog.Stream::isNew);
    }

    KnownLog.Stream stream(AppendBatch.Slot slot) {
        return streams.get(slot.index() - 1);
    }
}
