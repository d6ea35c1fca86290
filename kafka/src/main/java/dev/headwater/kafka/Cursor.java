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
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.jspecify.annotations.Nullable;

/** Reads on in one partition. Used by one thread at a time. */
final class Cursor {

    private static final Duration SLICE = Duration.ofMillis(100);

    private final TopicPartition place;
    private final Consumer<byte[], byte[]> consumer;
    /** What was fetched and not asked for yet. */
    private final Deque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();
    /** What is asked for next, when it goes on. */
    private long next = -1;

    /** There are no records at this place. */
    static final class OutOfRangeException extends Exception {

        private static final long serialVersionUID = 1L;

        OutOfRangeException(Throwable cause) {
            super(cause);
        }
    }

    /** The client cannot make records of what it got. */
    static final class UnreadableException extends Exception {

        private static final long serialVersionUID = 1L;

        private UnreadableException(Throwable cause) {
            super(cause);
        }
    }

    Cursor(TopicPartition place, Consumer<byte[], byte[]> consumer) {
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
     * @throws UnreadableException when one of them cannot be read; this cursor is of no use afterwards
     */
    RecordPage read(long after, int limit, int bytes, LongSupplier end, Duration patience)
            throws OutOfRangeException, UnreadableException {
        try {
            return Calls.call("Reading " + place, () -> readOn(after, limit, bytes, end, patience));
        } catch (BrokerUnavailableException e) {
            next = -1;
            if (e.getCause() instanceof OffsetOutOfRangeException cause) {
                throw new OutOfRangeException(cause);
            }
            if (isUnreadable(e.getCause())) {
                throw new UnreadableException(e);
            }
            throw e;
        } catch (OutOfMemoryError e) {
            fetched.clear();
            throw new UnreadableException(e);
        }
    }

    /** What the client says of damaged records, and of nothing else, has no class of its own. */
    static boolean isUnreadable(@Nullable Throwable failure) {
        return failure instanceof RecordDeserializationException
                || failure instanceof CorruptRecordException
                || failure instanceof InvalidRecordException
                || (failure != null && failure.getClass() == KafkaException.class);
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

    static IncomingRecord incoming(ConsumerRecord<byte[], byte[]> record) {
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
        fetched.clear();
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
