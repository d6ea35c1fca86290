package dev.headwater.kafka;

import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.broker.spi.RecordHeader;
import dev.headwater.broker.spi.RecordPage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/** Reads on in one partition. Used by one thread at a time. */
final class Cursor {

    private static final Duration SLICE = Duration.ofMillis(100);

    private final TopicPartition place;
    private final KafkaConsumer<byte[], byte[]> consumer;
    /** What was fetched and not asked for yet. */
    private final Deque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();
    /** What is asked for next, when it goes on. */
    private long next = -1;

    /** There are no records at this place. */
    static final class OutOfRangeException extends Exception {

        private static final long serialVersionUID = 1L;

        private OutOfRangeException(Throwable cause) {
            super(cause);
        }
    }

    Cursor(TopicPartition place, KafkaConsumer<byte[], byte[]> consumer) {
        this.place = place;
        this.consumer = consumer;
        consumer.assign(List.of(place));
    }

    boolean standsAt(long after) {
        return next == after;
    }

    /**
     * The next records.
     *
     * @param end tells where the partition ends now
     */
    RecordPage read(long after, int limit, int bytes, LongSupplier end, Duration patience) throws OutOfRangeException {
        try {
            return Calls.call("Reading " + place, () -> readOn(after, limit, bytes, end, patience));
        } catch (BrokerUnavailableException e) {
            next = -1;
            if (e.getCause() instanceof OffsetOutOfRangeException cause) {
                throw new OutOfRangeException(cause);
            }
            throw e;
        }
    }

    private RecordPage readOn(long after, int limit, int bytes, LongSupplier end, Duration patience) {
        if (next != after) {
            fetched.clear();
            next = -1;
            consumer.seek(place, after);
        }
        long last = fetched.isEmpty() ? fetch(end, patience) : Long.MAX_VALUE;
        var records = new ArrayList<IncomingRecord>();
        long size = 0;
        while (!fetched.isEmpty() && records.size() < limit) {
            var record = fetched.getFirst();
            size += Math.max(0, record.serializedValueSize());
            if (size > bytes && !records.isEmpty()) {
                break;
            }
            records.add(incoming(fetched.removeFirst()));
        }
        next = fetched.isEmpty()
                ? Math.max(after, consumer.position(place))
                : records.getLast().position();
        return new RecordPage(records, next, next >= last);
    }

    /** Fetches until there is a record, or the end that was there at the beginning is reached; where that is. */
    private long fetch(LongSupplier end, Duration patience) {
        long last = end.getAsLong();
        long deadline = System.nanoTime() + patience.toNanos();
        while (fetched.isEmpty() && consumer.position(place) < last) {
            consumer.poll(SLICE).records(place).forEach(fetched::add);
            if (System.nanoTime() - deadline > 0) {
                throw new BrokerUnavailableException("Reading " + place + " took longer than " + patience, null);
            }
        }
        return last;
    }

    private static IncomingRecord incoming(ConsumerRecord<byte[], byte[]> record) {
        var headers = new ArrayList<RecordHeader>();
        record.headers().forEach(header -> headers.add(new RecordHeader(header.key(), header.value())));
        return new IncomingRecord(
                record.offset() + 1,
                record.key(),
                record.value(),
                headers,
                Instant.ofEpochMilli(record.timestamp()),
                Optional.empty());
    }

    void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
