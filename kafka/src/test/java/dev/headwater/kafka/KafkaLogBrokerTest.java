package dev.headwater.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.broker.spi.Accepted;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.Publisher;
import dev.headwater.broker.spi.Topic;
import dev.headwater.testkit.Await;
import dev.headwater.testkit.LogBrokerContract;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaLogBrokerTest extends LogBrokerContract {

    private static final AtomicInteger TOPICS = new AtomicInteger();

    @Override
    protected Subject open() {
        return new OnTheCluster();
    }

    @Test
    void aRecordThatWasTooLargeIsAcceptedOnceTheTopicAcceptsMore() throws Exception {
        try (var subject = new OnTheCluster();
                var publisher = subject.broker().publisher()) {
            var topic = subject.freshName();
            subject.broker().prepare(List.of(new Topic(topic, 1, 1, new Topic.Retention.Forever())));
            var large = new OutgoingRecord(
                    topic, 0, "key".getBytes(UTF_8), new byte[subject.tooLarge()], List.of(), Instant.EPOCH);
            assertThat(publisher.publish(List.of(large))).first().isInstanceOf(Accepted.Refused.class);

            try (var admin = Admin.create(subject.properties)) {
                var raised =
                        new AlterConfigOp(new ConfigEntry("max.message.bytes", "2000000"), AlterConfigOp.OpType.SET);
                admin.incrementalAlterConfigs(
                                Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(raised)))
                        .all()
                        .get();
            }

            Await.until("it is accepted", Duration.ofSeconds(30), () -> isAccepted(publisher, large));
        }
    }

    private static boolean isAccepted(Publisher publisher, OutgoingRecord record) {
        try {
            return publisher.publish(List.of(record)).getFirst() instanceof Accepted.At;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static final class OnTheCluster implements Subject {

        private final Map<String, Object> properties = KafkaCluster.shared().properties();
        private final KafkaLogBroker broker = new KafkaLogBroker(properties);

        @Override
        public LogBroker broker() {
            return broker;
        }

        @Override
        public String freshName() {
            return "contract.topic-" + TOPICS.incrementAndGet();
        }

        @Override
        public int partitions() {
            return 3;
        }

        @Override
        public int tooLarge() {
            return 1_100_000;
        }

        @Override
        public void removeUpTo(String topic, int partition, long position) throws Exception {
            try (var admin = Admin.create(properties)) {
                var place = new TopicPartition(topic, partition);
                admin.deleteRecords(Map.of(place, RecordsToDelete.beforeOffset(position)))
                        .all()
                        .get();
            }
        }

        /** Of a transaction that is given up a record and a mark remain that nobody reads. */
        @Override
        public void leaveHole(String topic, int partition) {
            var settings = new HashMap<>(properties);
            settings.put("transactional.id", topic);
            try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.initTransactions();
                producer.beginTransaction();
                var unused = producer.send(new ProducerRecord<>(topic, partition, null, "given up".getBytes(UTF_8)));
                producer.flush();
                producer.abortTransaction();
            }
        }

        @Override
        public void close() {
            broker.close();
        }
    }
}
