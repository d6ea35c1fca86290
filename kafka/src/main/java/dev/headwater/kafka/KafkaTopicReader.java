package dev.headwater.kafka;

import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.RecordPage;
import dev.headwater.broker.spi.RecordsGoneException;
import dev.headwater.broker.spi.Retained;
import dev.headwater.broker.spi.TopicReader;
import dev.headwater.store.Hints;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic with consumers that belong to no group: for each partition as many as readers are at different places
 * of it, up to a few. Thread-safe.
 */
final class KafkaTopicReader implements TopicReader {

    /** So many places of a partition are read at once without seeking. */
    private static final int CURSORS = 3;

    private final String topic;
    private final int partitions;
    private final KafkaSettings settings;
    private final KafkaTopics topics;
    private final ArrivalWatch watch;
    private final ReentrantLock lock = new ReentrantLock();
    /** Those that nobody uses at this moment, the one that was used last at the end. */
    private final Map<Integer, List<Cursor>> idle = new ConcurrentHashMap<>();

    private boolean closed;

    KafkaTopicReader(String topic, int partitions, KafkaSettings settings, KafkaTopics topics) {
        this.topic = topic;
        this.partitions = partitions;
        this.settings = settings;
        this.topics = topics;
        this.watch = new ArrivalWatch(topic, settings);
    }

    @Override
    public int partitions() {
        return partitions;
    }

    @Override
    public RecordPage read(int partition, long after, int limit, int bytes) {
        var place = place(partition);
        var cursor = take(partition, after);
        boolean sound = false;
        try {
            if (cursor == null) {
                cursor = new Cursor(place, new KafkaConsumer<>(settings.consumer()));
            }
            var page = cursor.read(after, limit, bytes, () -> topics.end(place), settings.patience());
            sound = true;
            return page;
        } catch (Cursor.OutOfRangeException e) {
            sound = true;
            return outOfRange(place, after);
        } catch (Cursor.UnreadableException e) {
            return carefully(place, after, limit, bytes);
        } finally {
            if (cursor != null) {
                giveBack(partition, cursor, sound);
            }
        }
    }

    private RecordPage carefully(TopicPartition place, long after, int limit, int bytes) {
        var reading = new CarefulReading(
                place, () -> new KafkaConsumer<>(settings.singly()), () -> topics.end(place), settings.patience());
        try {
            return reading.read(after, limit, bytes);
        } catch (Cursor.OutOfRangeException e) {
            return outOfRange(place, after);
        }
    }

    /** Either what follows was removed, or the topic was made anew and does not reach that far. */
    private RecordPage outOfRange(TopicPartition place, long after) {
        var retained = topics.retained(place);
        if (after + 1 < retained.first()) {
            throw new RecordsGoneException(topic, place.partition(), after, retained.first());
        }
        if (after <= retained.last()) {
            throw new BrokerUnavailableException("The place of " + place + " is not known for the moment", null);
        }
        return new RecordPage(List.of(), after, true);
    }

    private TopicPartition place(int partition) {
        if (partition < 0 || partition >= partitions) {
            throw new IllegalArgumentException(
                    "The topic '" + topic + "' has no partition " + partition + ": expected less than " + partitions);
        }
        return new TopicPartition(topic, partition);
    }

    /** The cursor that stands there, or the one that was not used for longest when there are enough of them. */
    private @Nullable Cursor take(int partition, long after) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The reader of the topic '" + topic + "' is closed");
            }
            var cursors = idle.computeIfAbsent(partition, none -> new ArrayList<>());
            for (var cursor : cursors) {
                if (cursor.standsAt(after)) {
                    cursors.remove(cursor);
                    return cursor;
                }
            }
            return cursors.size() < CURSORS ? null : cursors.removeFirst();
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(int partition, Cursor cursor, boolean sound) {
        boolean kept = false;
        lock.lock();
        try {
            var cursors = idle.computeIfAbsent(partition, none -> new ArrayList<>());
            if (sound && !closed && cursors.size() < CURSORS) {
                cursors.add(cursor);
                kept = true;
            }
        } finally {
            lock.unlock();
        }
        if (!kept) {
            cursor.close();
        }
    }

    @Override
    public Retained retained(int partition) {
        return topics.retained(place(partition));
    }

    @Override
    public long positionBefore(int partition, Instant acceptedAt) {
        return topics.positionBefore(place(partition), acceptedAt);
    }

    @Override
    public Hints onRecords(int partition, Runnable hint) {
        return watch.onRecords(place(partition), hint);
    }

    @Override
    public void tellProgress(String group, Map<Integer, Long> through) {
        topics.tellProgress(group, topic, through);
    }

    @Override
    public void close() {
        var open = new ArrayList<Cursor>();
        lock.lock();
        try {
            closed = true;
            idle.values().forEach(open::addAll);
            idle.clear();
        } finally {
            lock.unlock();
        }
        open.forEach(Cursor::close);
        watch.close();
    }
}
