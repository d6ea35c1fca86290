package dev.headwater.store.spi;

import dev.headwater.EncodedMessage;
import dev.headwater.store.StreamId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event as a storage keeps it.
 *
 * @param position its place in the one global order, from 1
 * @param stream the stream it belongs to
 * @param version its number in that stream, from 1
 * @param tags the tags it is found by
 * @param message the encoded event
 * @param arrival what is known of it when it came from elsewhere; null for an event of this log
 */
public record EncodedEvent(
        long position,
        StreamId stream,
        long version,
        Set<String> tags,
        EncodedMessage message,
        @Nullable Arrival arrival) {

    /** An event of this log. */
    public EncodedEvent(long position, StreamId stream, long version, Set<String> tags, EncodedMessage message) {
        this(position, stream, version, tags, message, null);
    }

    /** The bytes of its payload, metadata and tags, where a character of the latter counts as one. */
    public long bytes() {
        return EncodedAppend.bytes(message, tags);
    }
}
