package dev.headwater.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.Command;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.Publisher;
import dev.headwater.broker.spi.RecordPage;
import dev.headwater.broker.spi.Retained;
import dev.headwater.broker.spi.Topic;
import dev.headwater.broker.spi.TopicReader;
import dev.headwater.memory.InMemoryLogBroker;
import dev.headwater.store.Hints;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the contract of commands between services cannot show, since it takes a broker that fails half-way. */
class CommandSenderTest {

    @MessageType("ship")
    record Ship(String order) implements Command<Void> {}

    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger followed = new AtomicInteger();

    @Test
    void aTopicOfOutcomesThatIsHalfOutOfReachLeavesNothingBehind() {
        try (var broker = new HalfInReach(new InMemoryLogBroker());
                var sender = CommandSender.builder(broker, new MessageSerializer(MessageTypes.of(Ship.class)))
                        .topics(type -> "shipping.commands")
                        .orderedBy(command -> "key")
                        .outcomesIn("ordering.outcomes")
                        .build()) {
            broker.prepare(List.of(
                    new Topic("ordering.outcomes", 2, 1, new Topic.Retention.Forever()),
                    new Topic("shipping.commands", 1, 1, new Topic.Retention.Forever())));

            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> sender.send(new Ship("1"), Duration.ofSeconds(20)))
                        .isInstanceOf(OutcomeUnknownException.class)
                        .hasMessageContaining("it was not sent");
            }
        }

        assertThat(followed).as("followed partitions").hasValue(0);
        assertThat(opened).as("open readers").hasValue(0);
    }

    /** A broker whose second partition does not tell its end. */
    private final class HalfInReach implements LogBroker {

        private final LogBroker broker;

        private HalfInReach(LogBroker broker) {
            this.broker = broker;
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
            return broker.publisher();
        }

        @Override
        public TopicReader read(String topic) {
            opened.incrementAndGet();
            return new HalfRead(broker.read(topic));
        }

        @Override
        public void close() {
            broker.close();
        }
    }

    private final class HalfRead implements TopicReader {

        private final TopicReader reader;

        private HalfRead(TopicReader reader) {
            this.reader = reader;
        }

        @Override
        public int partitions() {
            return reader.partitions();
        }

        @Override
        public RecordPage read(int partition, long after, int limit, int bytes) {
            return reader.read(partition, after, limit, bytes);
        }

        @Override
        public Retained retained(int partition) {
            if (partition == 1) {
                throw new BrokerUnavailableException("away", null);
            }
            return reader.retained(partition);
        }

        @Override
        public long positionBefore(int partition, Instant acceptedAt) {
            return reader.positionBefore(partition, acceptedAt);
        }

        @Override
        public Hints onRecords(int partition, Runnable hint) {
            followed.incrementAndGet();
            return reader.onRecords(partition, hint);
        }

        @Override
        public void close() {
            opened.decrementAndGet();
            reader.close();
        }
    }
}
