package dev.headwater.kafka;

import dev.headwater.broker.spi.BrokerUnavailableException;
import dev.headwater.broker.spi.Retained;
import dev.headwater.broker.spi.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the cluster about topics, and makes them. Thread-safe. */
final class KafkaTopics {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaTopics.class);

    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Admin admin;
    private final Duration patience;
    private final Map<String, Integer> sizes = new ConcurrentHashMap<>();

    KafkaTopics(Admin admin, Duration patience) {
        this.admin = admin;
        this.patience = patience;
    }

    void prepare(Collection<Topic> wanted) {
        var problems = new ArrayList<String>();
        for (var topic : wanted) {
            var found = describe(topic.name()).orElseGet(() -> create(topic));
            int partitions = found.partitions().size();
            if (partitions != topic.partitions()) {
                problems.add("'" + topic.name() + "' has " + partitions + " partitions: expected "
                        + topic.partitions() + "; the number of a topic with records cannot change, since keys would"
                        + " be in other partitions");
            }
            int replicas = found.partitions().getFirst().replicas().size();
            if (replicas != topic.replicas()) {
                problems.add("'" + topic.name() + "' has " + replicas + " replicas: expected " + topic.replicas());
            }
            configOf(topic).forEach((name, value) -> {
                var present = config(topic.name(), name);
                if (!value.equals(present)) {
                    problems.add("'" + topic.name() + "' has " + name + "=" + present + ": expected " + value);
                }
            });
        }
        if (problems.isEmpty()) {
            wanted.forEach(topic -> sizes.put(topic.name(), topic.partitions()));
        } else {
            throw new IllegalStateException(
                    "These topics are others than expected:\n  " + String.join("\n  ", problems));
        }
    }

    /** Of three replicas and more two have what is acknowledged, so that one server may be away. */
    private static Map<String, String> configOf(Topic topic) {
        var config = new HashMap<String, String>();
        config.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, topic.replicas() < 3 ? "1" : "2");
        switch (topic.retention()) {
            case Topic.Retention.For(var time) -> {
                config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
                config.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(time.toMillis()));
            }
            case Topic.Retention.Latest() ->
                config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
            case Topic.Retention.Forever() -> {
                config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
                config.put(TopicConfig.RETENTION_MS_CONFIG, "-1");
                config.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
            }
        }
        return config;
    }

    /** The topic when every server knows it; somebody else may have made it at the same moment. */
    private TopicDescription create(Topic topic) {
        var what = "Making the topic '" + topic.name() + "'";
        var made = new NewTopic(topic.name(), topic.partitions(), (short) topic.replicas()).configs(configOf(topic));
        try {
            Calls.answer(what, admin.createTopics(List.of(made)).all(), patience);
        } catch (BrokerUnavailableException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
            LOG.debug("The topic '{}' was made by somebody else", topic.name());
        }
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            var found = describe(topic.name());
            if (found.filter(KafkaTopics::hasLeaders).isPresent()) {
                return found.get();
            }
            if (System.nanoTime() - end > 0) {
                throw new BrokerUnavailableException(what + " took longer than " + patience, null);
            }
            pause(what);
        }
    }

    private static boolean hasLeaders(TopicDescription topic) {
        return topic.partitions().stream().allMatch(partition -> partition.leader() != null);
    }

    private static void pause(String what) {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerUnavailableException(what + " was interrupted", e);
        }
    }

    private Optional<TopicDescription> describe(String topic) {
        try {
            return Optional.of(Calls.answer(
                    "Asking for the topic '" + topic + "'",
                    Objects.requireNonNull(admin.describeTopics(List.of(topic))
                            .topicNameValues()
                            .get(topic)),
                    patience));
        } catch (BrokerUnavailableException e) {
            if (Calls.isOfUnknownTopic(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** How many partitions a topic has, which does not change. */
    int partitions(String topic) {
        var known = sizes.get(topic);
        if (known != null) {
            return known;
        }
        int size = describe(topic)
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no topic '" + topic + "' on this cluster: prepare it first"))
                .partitions()
                .size();
        sizes.put(topic, size);
        return size;
    }

    /** How large a record of a topic may be. */
    int maxBytes(String topic) {
        return Integer.parseInt(config(topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG));
    }

    private String config(String topic, String name) {
        var what = "Asking for the settings of the topic '" + topic + "'";
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                var asked = Objects.requireNonNull(
                        admin.describeConfigs(List.of(resource)).values().get(resource));
                return Calls.answer(what, asked, patience).get(name).value();
            } catch (BrokerUnavailableException e) {
                if (!Calls.isOfUnknownTopic(e) || System.nanoTime() - end > 0) {
                    throw e;
                }
                pause(what);
            }
        }
    }

    Retained retained(TopicPartition partition) {
        var first = asked(partition, OffsetSpec.earliest());
        var last = asked(partition, OffsetSpec.latest());
        return new Retained(answered(partition, first) + 1, answered(partition, last));
    }

    long end(TopicPartition partition) {
        return offset(partition, OffsetSpec.latest());
    }

    long positionBefore(TopicPartition partition, Instant acceptedAt) {
        long offset = offset(partition, OffsetSpec.forTimestamp(acceptedAt.toEpochMilli()));
        return offset < 0 ? end(partition) : offset;
    }

    private long offset(TopicPartition partition, OffsetSpec spec) {
        return answered(partition, asked(partition, spec));
    }

    private KafkaFuture<ListOffsetsResultInfo> asked(TopicPartition partition, OffsetSpec spec) {
        return admin.listOffsets(Map.of(partition, spec), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .partitionResult(partition);
    }

    private long answered(TopicPartition partition, KafkaFuture<ListOffsetsResultInfo> asked) {
        return Calls.answer("Asking for positions of " + partition, asked, patience)
                .offset();
    }

    /** Nobody waits for it, and nothing depends on it. */
    void tellProgress(String group, String topic, Map<Integer, Long> through) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        through.forEach((partition, position) ->
                offsets.put(new TopicPartition(topic, partition), new OffsetAndMetadata(position)));
        var unused = admin.alterConsumerGroupOffsets(group, offsets).all().whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.debug("The progress of '{}' was not told", group, failure);
            }
        });
    }
}
