package dev.headwater.broker;

import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.broker.spi.RecordsGoneException;
import dev.headwater.broker.spi.TopicReader;
import dev.headwater.store.AppendResult;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.Hints;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.Page;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * A partition of a topic as a log that is only read, forwards: its records are the events, and the keys of the records
 * their streams. Subscriptions read it as they read any log. Thread-safe.
 */
final class PartitionStorage implements EventStorage {

    private static final int PAGE_BYTES = 8 << 20;

    private final TopicReader reader;
    private final CloudEventReader events;

    PartitionStorage(TopicReader reader, CloudEventReader events) {
        this.reader = reader;
        this.events = events;
    }

    @Override
    public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
        if (direction == Direction.BACKWARDS) {
            throw notWithTopics("read backwards");
        }
        var page = reader.read(events.partition(), beyond, limit, PAGE_BYTES);
        var wanted = page.records().stream()
                .map(events::read)
                .filter(event -> isWanted(query, event))
                .toList();
        return new Page(wanted, page.through(), page.end());
    }

    /** What cannot be read concerns everybody, since nobody knows what it is. */
    private static boolean isWanted(EventQuery query, EncodedEvent event) {
        var arrival = event.arrival();
        return (arrival != null && arrival.problem().isPresent())
                || query.matches(event.message().type(), event.stream(), event.tags());
    }

    @Override
    public List<EncodedEvent> findEvents(Collection<UUID> ids) {
        throw notWithTopics("asked for ids");
    }

    /** What could not be read when it was put aside, perhaps for want of memory, is looked for in the topic again. */
    @Override
    public EncodedEvent restore(long position, byte[] record) {
        var kept = RecordBytes.read(position, record);
        return events.read(kept.unreadable().isPresent() ? again(kept) : kept);
    }

    private IncomingRecord again(IncomingRecord kept) {
        try {
            return reader.read(events.partition(), kept.position() - 1, 1, PAGE_BYTES).records().stream()
                    .filter(record -> record.position() == kept.position())
                    .findFirst()
                    .orElse(kept);
        } catch (RecordsGoneException e) {
            return kept;
        }
    }

    @Override
    public long headPosition() {
        return reader.retained(events.partition()).last();
    }

    /** The time is when the broker has accepted a record. */
    @Override
    public long positionBefore(Instant time) {
        return reader.positionBefore(events.partition(), time);
    }

    @Override
    public Hints onAppend(Runnable hint) {
        return reader.onRecords(events.partition(), hint);
    }

    @Override
    public AppendResult append(EncodedAppend append) {
        throw notWithTopics("appended to");
    }

    @Override
    public Page readStream(StreamId stream, Direction direction, long beyond, int limit) {
        throw notWithTopics("read by key");
    }

    @Override
    public long streamVersion(StreamId stream) {
        throw notWithTopics("read by key");
    }

    private UnsupportedOperationException notWithTopics(String what) {
        return new UnsupportedOperationException("The topic '" + events.topic() + "' cannot be " + what + " as a log");
    }

    /** Does nothing: the reader belongs to whoever opened it. */
    @Override
    public void close() {}
}
