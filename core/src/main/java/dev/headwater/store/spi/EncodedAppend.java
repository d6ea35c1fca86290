package dev.headwater.store.spi;

import dev.headwater.EncodedMessage;
import dev.headwater.store.AppendCondition;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An append whose events are encoded and within every limit.
 *
 * @param parts in the order in which the events take their positions; a stream may stand in several, which then all
 *     give what it must look like before the append
 * @param condition an additional condition by tags
 */
public record EncodedAppend(List<Part> parts, Optional<AppendCondition> condition) {

    /**
     * The events for one stream.
     *
     * @param stream where they go
     * @param expected what that stream must look like
     * @param events at least one
     */
    public record Part(StreamId stream, ExpectedVersion expected, List<Event> events) {}

    /**
     * One event with its tags.
     *
     * @param message the encoded event
     * @param tags the tags it is found by
     */
    public record Event(EncodedMessage message, Set<String> tags) {}

    /** The number of events in all parts. */
    public int size() {
        int size = 0;
        for (var part : parts) {
            size += part.events().size();
        }
        return size;
    }

    /** The bytes of all payloads, metadata and tags, where a character of the latter counts as one. */
    public long bytes() {
        long bytes = 0;
        for (var part : parts) {
            for (var event : part.events()) {
                bytes += bytes(event.message(), event.tags());
            }
        }
        return bytes;
    }

    static long bytes(EncodedMessage message, Set<String> tags) {
        long bytes = message.payload().length + message.metadata().length();
        for (var tag : tags) {
            bytes += tag.length();
        }
        return bytes;
    }
}
