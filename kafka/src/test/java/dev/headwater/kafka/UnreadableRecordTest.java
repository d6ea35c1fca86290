package dev.headwater.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.broker.spi.RecordPage;
import dev.headwater.broker.spi.Topic;
import dev.headwater.testkit.JvmProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A record that the client cannot read is told by its place, without bytes, and its neighbours are read. */
@Timeout(180)
class UnreadableRecordTest {

    private static final TopicPartition PLACE = new TopicPartition("topic", 0);
    /** A third of a megabyte when it is packed; far more than the reader has memory. */
    private static final int BOMB = 180 << 20;

    @Test
    void whatUnpacksToMoreThanThereIsMemoryForHarmsNoNeighbour(@TempDir Path directory) throws Exception {
        var properties = new HashMap<>(KafkaCluster.shared().properties());
        var servers = String.valueOf(properties.get("bootstrap.servers"));
        try (var broker = new KafkaLogBroker(properties)) {
            broker.prepare(List.of(Topic.of("bombs", 1)));
        }
        properties.put("compression.type", "zstd");
        properties.put("max.request.size", 2 * BOMB);
        properties.put("buffer.memory", 2L * BOMB);
        properties.put("linger.ms", 0);
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("bombs", 0, null, "before".getBytes(UTF_8)))
                    .get();
            producer.send(new ProducerRecord<>("bombs", 0, null, new byte[BOMB]))
                    .get();
            producer.send(new ProducerRecord<>("bombs", 0, null, "behind".getBytes(UTF_8)))
                    .get();
        }

        try (var reader = JvmProcess.start(BombReader.class, directory.resolve("errors"), List.of(servers, "bombs"))) {
            var lines = new ArrayList<String>();
            for (var line = reader.nextLine(); line.isPresent(); line = reader.nextLine()) {
                lines.add(line.get());
            }
            assertThat(lines)
                    .as(reader.errors())
                    .containsExactly(
                            "1 before", "2 it unpacks to more than there is memory for", "3 behind", "end at 3");
        }
    }

    @Test
    void thoseBeforeADamagedRecordComeFirstAndThoseBehindItAfterwards() throws Exception {
        var pages = new ArrayList<RecordPage>();
        long after = 0;
        while (after < 4) {
            var page = reading(new KafkaException("damaged")).read(after, 100, 1000);
            pages.add(page);
            after = page.through();
        }

        assertThat(pages)
                .extracting(page ->
                        page.records().stream().map(IncomingRecord::position).toList())
                .containsExactly(List.of(1L, 2L), List.of(3L), List.of(4L));
        assertThat(pages).extracting(RecordPage::end).containsExactly(false, false, true);
        var damaged = pages.get(1).records().getFirst();
        assertThat(damaged.unreadable()).contains("the client of Kafka cannot read it: damaged");
        assertThat(damaged.value()).isNull();
    }

    @Test
    void whatSaysNothingOfTheRecordIsNoDamage() {
        var reading = reading(new AuthorizationException("not allowed"));

        assertThatThrownBy(() -> reading.read(2, 100, 1000)).isInstanceOf(BrokerUnavailableException.class);
    }

    private static CarefulReading reading(KafkaException failure) {
        return new CarefulReading(PLACE, () -> new Damaged(failure), () -> 4, Duration.ofSeconds(5));
    }

    /** Four records, the third of which fails. */
    private static final class Damaged extends MockConsumer<byte[], byte[]> {

        private final KafkaException failure;

        private Damaged(KafkaException failure) {
            super("none");
            this.failure = failure;
            setMaxPollRecords(1);
        }

        @Override
        public synchronized void assign(Collection<TopicPartition> partitions) {
            super.assign(partitions);
            for (int offset = 0; offset < 4; offset++) {
                addRecord(new ConsumerRecord<>("topic", 0, offset, null, new byte[0]));
            }
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            if (position(PLACE) == 2) {
                throw failure;
            }
            return super.poll(timeout);
        }
    }
}
