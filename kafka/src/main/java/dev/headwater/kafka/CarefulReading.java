package dev.headwater.kafka;

import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.broker.spi.RecordPage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads records one by one where one of them cannot be read, such as a damaged one, or a small one that unpacks to more
 * than there is memory: those before it come as they are, and then that one alone, without bytes, so that what is
 * behind it can be read on.
 *
 * <p>A record that failed is tried a second time with another client, since the memory may have been wanted by somebody
 * else. Records that were packed together with it and stand behind it cannot be unpacked without it, and are told as
 * unreadable one by one. The same is told of positions between it and the record before, if the broker removed records
 * singly there. Used by one thread.
 */
final class CarefulReading {

    private static final Logger LOG = LoggerFactory.getLogger(CarefulReading.class);
    private static final Duration SLICE = Duration.ofMillis(100);
    private static final int MAX_REASON = 500;

    private final TopicPartition place;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final LongSupplier end;
    private final Duration patience;

    /**
     * Reads in one partition.
     *
     * @param consumers makes consumers that give one record at a time
     * @param end tells where the partition ends now
     */
    CarefulReading(
            TopicPartition place, Supplier<Consumer<byte[], byte[]>> consumers, LongSupplier end, Duration patience) {
        this.place = place;
        this.consumers = consumers;
        this.end = end;
        this.patience = patience;
    }

    /** The next records, or the next one as unreadable. */
    RecordPage read(long after, int limit, int bytes) throws Cursor.OutOfRangeException {
        long last = end.getAsLong();
        var page = new Page(after, limit, bytes);
        var failure = readInto(page, last);
        if (failure.isPresent() && page.records.isEmpty()) {
            failure = readInto(page, last);
        }
        if (failure.isPresent() && page.records.isEmpty()) {
            return unreadable(page.through, last, failure.get());
        }
        return new RecordPage(page.records, page.through, failure.isEmpty() && page.through >= last);
    }

    private static final class Page {
        private final List<IncomingRecord> records = new ArrayList<>();
        private final int limit;
        private final int bytes;
        private long through;
        private long size;

        private Page(long after, int limit, int bytes) {
            this.through = after;
            this.limit = limit;
            this.bytes = bytes;
        }

        private boolean isFull() {
            return records.size() >= limit || size > bytes;
        }
    }

    /** Reads until the page is full, the end is reached or a record fails; how that failed. */
    private Optional<Throwable> readInto(Page page, long last) throws Cursor.OutOfRangeException {
        try (var consumer = new Closing(consumers.get())) {
            return Calls.call("Reading " + place, () -> readInto(page, last, consumer.consumer()));
        } catch (BrokerUnavailableException e) {
            if (e.getCause() instanceof OffsetOutOfRangeException cause) {
                throw new Cursor.OutOfRangeException(cause);
            }
            throw e;
        }
    }

    private Optional<Throwable> readInto(Page page, long last, Consumer<byte[], byte[]> consumer) {
        consumer.assign(List.of(place));
        consumer.seek(place, page.through);
        long deadline = System.nanoTime() + patience.toNanos();
        while (page.through < last && !page.isFull()) {
            try {
                for (var record : consumer.poll(SLICE).records(place)) {
                    page.records.add(Cursor.incoming(record));
                    page.size += Math.max(0, record.serializedValueSize());
                }
                page.through = Math.max(page.through, consumer.position(place));
            } catch (InterruptException e) {
                throw e;
            } catch (KafkaException e) {
                if (!Cursor.isUnreadable(e)) {
                    throw e;
                }
                return Optional.of(e);
            } catch (OutOfMemoryError e) {
                return Optional.of(e);
            }
            if (System.nanoTime() - deadline > 0) {
                throw new BrokerUnavailableException("Reading " + place + " took longer than " + patience, null);
            }
        }
        return Optional.empty();
    }

    private RecordPage unreadable(long after, long last, Throwable failure) {
        long position = after + 1;
        var reason = failure instanceof OutOfMemoryError
                ? "it unpacks to more than there is memory for"
                : "the client of Kafka cannot read it: " + failure.getMessage();
        LOG.warn(
                "The record {} of {} cannot be read: {}",
                position,
                place,
                failure.getClass().getName());
        var record = new IncomingRecord(
                position,
                null,
                null,
                List.of(),
                Instant.EPOCH,
                Optional.of(reason.substring(0, Math.min(reason.length(), MAX_REASON))));
        return new RecordPage(List.of(record), position, position >= last);
    }

    private record Closing(Consumer<byte[], byte[]> consumer) implements AutoCloseable {
        @Override
        public void close() {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }
}
