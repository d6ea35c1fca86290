package dev.headwater.testkit;

import dev.headwater.broker.spi.Accepted;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.Publisher;
import dev.headwater.broker.spi.RecordPage;
import dev.headwater.broker.spi.Retained;
import dev.headwater.broker.spi.Topic;
import dev.headwater.broker.spi.TopicReader;
import dev.headwater.store.Hints;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** A broker that does what another one does: extend it to do something else. */
class SpoiledBroker implements LogBroker {

    private final LogBroker broker;

    SpoiledBroker(LogBroker broker) {
        this.broker = broker;
    }

    List<Accepted> publish(Publisher publisher, List<OutgoingRecord> records) throws InterruptedException {
        return publisher.publish(records);
    }

    RecordPage read(TopicReader reader, int partition, long after, int limit, int bytes) {
        return reader.read(partition, after, limit, bytes);
    }

    Hints onRecords(TopicReader reader, int partition, Runnable hint) {
        return reader.onRecords(partition, hint);
    }

    @Override
    public void prepare(Collection<Topic> topics) {
        broker.prepare(topics);
    }

    @Override
    public int partitions(String topic) {
        return broker.partitions(topic);
    }

    @Override
    public Publisher publisher() {
        var publisher = broker.publisher();
        return new Publisher() {
            @Override
            public List<Accepted> publish(List<OutgoingRecord> records) throws InterruptedException {
                return SpoiledBroker.this.publish(publisher, records);
            }

            @Override
            public void close() {
                publisher.close();
            }
        };
    }

    @Override
    public TopicReader read(String topic) {
        var reader = broker.read(topic);
        return new TopicReader() {
            @Override
            public int partitions() {
                return reader.partitions();
            }

            @Override
            public RecordPage read(int partition, long after, int limit, int bytes) {
                return SpoiledBroker.this.read(reader, partition, after, limit, bytes);
            }

            @Override
            public Retained retained(int partition) {
                return reader.retained(partition);
            }

            @Override
            public long positionBefore(int partition, Instant acceptedAt) {
                return reader.positionBefore(partition, acceptedAt);
            }

            @Override
            public Hints onRecords(int partition, Runnable hint) {
                return SpoiledBroker.this.onRecords(reader, partition, hint);
            }

            @Override
            public void close() {
                reader.close();
            }
        };
    }

    @Override
    public void close() {
        broker.close();
    }
}
