package dev.headwater.postgres.topic;

import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.broker.spi.RecordPage;
import dev.headwater.broker.spi.RecordsGoneException;
import dev.headwater.broker.spi.Retained;
import dev.headwater.broker.spi.TopicReader;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.Hints;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.spi.EventStorage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.function.Function;

/** Reads the log of a topic; its positions have no holes, so one that is missing was removed. Thread-safe. */
public final class PublishedLogReader implements TopicReader {

    private static final EventQuery ALL = EventQuery.all().withReserved();

    private final PublishedLog log;

    /** Reads this log. */
    public PublishedLogReader(PublishedLog log) {
        this.log = log;
    }

    @Override
    public int partitions() {
        return 1;
    }

    @Override
    public RecordPage read(int partition, long after, int limit, int bytes) {
        requirePartition(partition);
        var page = ask(storage -> storage.readLog(ALL, Direction.FORWARDS, after, limit));
        if (!page.events().isEmpty() && page.events().getFirst().position() > after + 1) {
            throw new RecordsGoneException(
                    log.topic(), partition, after, page.events().getFirst().position());
        }
        var records = new ArrayList<IncomingRecord>(page.events().size());
        long size = 0;
        for (var event : page.events()) {
            size += event.message().payload().length;
            if (size > bytes && !records.isEmpty()) {
                return new RecordPage(records, records.getLast().position(), false);
            }
            records.add(RecordEvents.record(event));
        }
        return new RecordPage(records, page.through(), page.end());
    }

    @Override
    public Retained retained(int partition) {
        requirePartition(partition);
        long last = ask(EventStorage::headPosition);
        var first =
                ask(storage -> storage.readLog(ALL, Direction.FORWARDS, 0, 1)).events();
        return new Retained(first.isEmpty() ? last + 1 : first.getFirst().position(), last);
    }

    @Override
    public long positionBefore(int partition, Instant acceptedAt) {
        requirePartition(partition);
        return ask(storage -> storage.positionBefore(acceptedAt));
    }

    @Override
    public Hints onRecords(int partition, Runnable hint) {
        requirePartition(partition);
        return log.storage().onAppend(hint);
    }

    private void requirePartition(int partition) {
        if (partition != 0) {
            throw new IllegalArgumentException(
                    "The topic '" + log.topic() + "' has no partition " + partition + ": it has one alone, number 0");
        }
    }

    private <R> R ask(Function<EventStorage, R> question) {
        try {
            return question.apply(log.storage());
        } catch (StoreUnavailableException e) {
            throw new BrokerUnavailableException("The topic '" + log.topic() + "' cannot be read now", e);
        }
    }

    /** Does nothing: the connections belong to the broker. */
    @Override
    public void close() {}
}
