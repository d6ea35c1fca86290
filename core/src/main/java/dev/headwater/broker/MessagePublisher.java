package dev.headwater.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headwater.EncodedMessage;
import dev.headwater.broker.spi.Accepted;
import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.Publisher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Publishes messages one by one, at once. Thread-safe. */
final class MessagePublisher implements AutoCloseable {

    private final LogBroker broker;
    private final CloudEventWriter writer;
    private final Publisher publisher;
    private final Map<String, Integer> partitions = new ConcurrentHashMap<>();

    MessagePublisher(LogBroker broker, CloudEventWriter writer) {
        this.broker = broker;
        this.writer = writer;
        this.publisher = broker.publisher();
    }

    /**
     * Publishes a message and returns when the broker has it.
     *
     * @throws BrokerUnavailableException when nobody knows whether the broker has it, also since the thread was
     *     interrupted, whose flag is set then
     * @throws PublicationRefusedException when the broker will never have it
     */
    void publish(String topic, String key, EncodedMessage message) {
        int number = partitions.computeIfAbsent(topic, broker::partitions);
        var to = new CloudEventWriter.Address(topic, KeyPartition.of(key.getBytes(UTF_8), number), key);
        try {
            var accepted = publisher.publish(List.of(writer.record(to, message, Optional.empty())));
            if (accepted.getFirst() instanceof Accepted.Refused(var reason)) {
                throw new PublicationRefusedException(topic, reason);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerUnavailableException(
                    "Interrupted while the broker was about to accept the " + message.type() + " " + message.id()
                            + ": it may have it",
                    e);
        }
    }

    @Override
    public void close() {
        publisher.close();
    }
}
