package dev.headwater.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What the clients of Kafka are told: what the application says, and over it what the promises of the broker rest on.
 *
 * @param given where the servers are, TLS, SASL and whatever else; never logged
 * @param patience how long one call may take
 */
record KafkaSettings(Map<String, Object> given, Duration patience) {

    private static final int BATCH_BYTES = 256 * 1024;
    private static final int PARTITION_BYTES = 4 << 20;
    private static final int MOST_RECORDS = 2000;

    KafkaSettings {
        given = Map.copyOf(given);
    }

    /**
     * An idempotent producer, whose records all in-sync replicas have. It has one request under way to a server, so it
     * sends nothing behind a batch whose fate is unknown: a server that knows nothing of a producer yet takes any
     * number, so it would take a second batch also where it had refused the first.
     */
    Map<String, Object> producer() {
        var settings = new HashMap<String, Object>();
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        settings.putAll(given);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        settings.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.MAX_VALUE);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, half());
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis());
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) millis());
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return settings;
    }

    /** A consumer of no group, which reads what it is assigned from where it is told. */
    Map<String, Object> consumer() {
        var settings = new HashMap<String, Object>();
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_BYTES);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_RECORDS);
        settings.putAll(given);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis());
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis());
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return settings;
    }

    /** A consumer that gives one record at a time, and unpacks none before it is asked for it. */
    Map<String, Object> singly() {
        var settings = consumer();
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        return settings;
    }

    /** A consumer that only has to notice that something has come. */
    Map<String, Object> watcher() {
        var settings = consumer();
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        return settings;
    }

    Map<String, Object> admin() {
        var settings = new HashMap<>(given);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, half());
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis());
        return settings;
    }

    private int millis() {
        return Math.toIntExact(patience.toMillis());
    }

    private int half() {
        return millis() / 2;
    }
}
