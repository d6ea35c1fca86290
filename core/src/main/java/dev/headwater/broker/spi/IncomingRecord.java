package dev.headwater.broker.spi;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A record as it was read. The arrays are shared; nobody may change them.
 *
 * @param position its place in its partition
 * @param key what its order depends on; null when it has none
 * @param value what it carries; null when there is nothing, or it cannot be read
 * @param headers in the order in which they came
 * @param acceptedAt when the broker accepted it, or its producer says that it was made
 * @param unreadable why the broker's client could not hand it over, as when it is damaged or too large
 */
@SuppressWarnings("ArrayRecordComponent") // what others have read is looked at, not compared
public record IncomingRecord(
        long position,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers,
        Instant acceptedAt,
        Optional<String> unreadable) {

    /** Copies the list of headers. */
    public IncomingRecord(
            long position,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<RecordHeader> headers,
            Instant acceptedAt,
            Optional<String> unreadable) {
        this.position = position;
        this.key = key;
        this.value = value;
        this.headers = List.copyOf(headers);
        this.acceptedAt = acceptedAt;
        this.unreadable = unreadable;
    }
}
