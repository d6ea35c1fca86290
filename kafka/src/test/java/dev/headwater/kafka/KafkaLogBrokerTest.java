package dev.headwater.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headwater.broker.spi.LogBroker;
import dev.headwater.testkit.LogBrokerContract;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

class KafkaLogBrokerTest extends LogBrokerContract {

    private static final AtomicInteger TOPICS = new AtomicInteger();

    @Override
    protected Subject open() {
        return new OnTheCluster();
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
