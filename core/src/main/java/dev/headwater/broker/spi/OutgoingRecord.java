package dev.headwater.broker.spi;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record to be published. The arrays are shared; nobody may change them.
 *
 * @param topic where it goes
 * @param partition chosen by the caller, so whoever else writes records of the same key must choose alike
 * @param key what its order depends on
 * @param value what it carries; null says that nothing is left of the key
 * @param headers in this order
 * @param time when what it tells of happened
 */
@SuppressWarnings("ArrayRecordComponent") // what is about to be sent is not compared
public record OutgoingRecord(
        String topic, int partition, byte[] key, byte @Nullable [] value, List<RecordHeader> headers, Instant time) {

    /** Copies the list of headers. */
    public OutgoingRecord(
            String topic,
            int partition,
            byte[] key,
            byte @Nullable [] value,
            List<RecordHeader> headers,
            Instant time) {
        this.topic = topic;
        this.partition = partition;
        this.key = key;
        this.value = value;
        this.headers = List.copyOf(headers);
        this.time = time;
    }
}
