package dev.headwater.kafka;

import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.Publisher;
import dev.headwater.broker.spi.Topic;
import dev.headwater.broker.spi.TopicReader;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;

/**
 * Topics on Apache Kafka, brokers of version 3.7 and newer.
 *
 * <p>Publishing waits for all in-sync replicas. Reading belongs to no consumer group: partitions are assigned, and
 * positions are kept by whoever reads, so there are no rebalances, and a handler may take as long as it likes. A
 * position is one more than Kafka's offset. Only records of committed transactions are read; what Kafka notes between
 * records is passed over.
 *
 * <p>Keys are in the partition in which Kafka's own clients put them. Clients built on librdkafka choose others unless
 * they are told {@code partitioner=murmur2_random}.
 *
 * <p>A record is refused when it is larger, uncompressed, than the topic's {@code max.message.bytes}. Thread-safe;
 * closing closes every publisher and reader.
 */
public final class KafkaLogBroker implements LogBroker {

    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(15);

    private final KafkaSettings settings;
    private final Admin admin;
    private final KafkaTopics topics;
    private final List<Runnable> closings = new CopyOnWriteArrayList<>();

    /**
     * Topics on a cluster; the first call connects.
     *
     * @param properties {@code bootstrap.servers}, and what TLS and SASL need; as for every client of Kafka
     */
    public KafkaLogBroker(Map<String, Object> properties) {
        this(properties, USUAL_PATIENCE);
    }

    /**
     * Topics on a cluster; the first call connects.
     *
     * @param properties {@code bootstrap.servers}, and what TLS and SASL need; as for every client of Kafka
     * @param patience how long one call may take before the cluster is taken to be out of reach, or the fate of a
     *     record to be unknown; 15 seconds unless given
     */
    public KafkaLogBroker(Map<String, Object> properties, Duration patience) {
        this.settings = new KafkaSettings(properties, patience);
        this.admin = Admin.create(settings.admin());
        this.topics = new KafkaTopics(admin, patience);
    }

    @Override
    public void prepare(Collection<Topic> wanted) {
        topics.prepare(wanted);
    }

    @Override
    public int partitions(String topic) {
        return topics.partitions(topic);
    }

    @Override
    public Publisher publisher() {
        var publisher = new KafkaPublisher(settings, topics);
        closings.add(publisher::close);
        return publisher;
    }

    @Override
    public TopicReader read(String topic) {
        var reader = new KafkaTopicReader(topic, topics.partitions(topic), settings, topics);
        closings.add(reader::close);
        return reader;
    }

    @Override
    public void close() {
        closings.forEach(Runnable::run);
        admin.close(Duration.ofSeconds(1));
    }
}
