package dev.headwater.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.IntegrationEvent;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.broker.BrokerEventBus;
import dev.headwater.broker.Relay;
import dev.headwater.broker.TopicNaming;
import dev.headwater.broker.spi.Topic;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventStore;
import dev.headwater.subscription.RunningSubscription;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.testkit.Await;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A cluster whose servers die, with relays and readers that share their work: what was appended has its effect once,
 * and keys keep their order.
 */
@Timeout(300)
class KafkaFireTest {

    private static final boolean FULL = "full".equals(System.getProperty("headwater.faults"));
    private static final int EVENTS = FULL ? 200_000 : 6_000;
    private static final int KEYS = 50;
    private static final int KILLS = FULL ? 12 : 2;
    private static final int PARTITIONS = 3;
    private static final String TOPIC = "fire";
    private static final Duration LIMIT = Duration.ofSeconds(FULL ? 240 : 120);

    @MessageType("fire.burned")
    record Burned(String key, int number) implements IntegrationEvent {}

    private static final MessageSerializer SERIALIZER = new MessageSerializer(MessageTypes.of(Burned.class));

    private static final SubscriptionSettings SETTINGS = SubscriptionSettings.DEFAULT
            .withPollInterval(Duration.ofMillis(200))
            .withLease(Duration.ofSeconds(2))
            .recoveringWith(
                    RetryPolicy.DEFAULT.withAttempts(1000).withPauses(Duration.ofMillis(10), Duration.ofMillis(200)));

    private final KafkaCluster cluster = KafkaCluster.shared();
    private final EventStore store = new EventStore(new InMemoryEventStorage(), SERIALIZER);
    private final StagingStorage effects = new StagingStorage();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (var each : opened.reversed()) {
            each.close();
        }
        cluster.awaitAll();
    }

    @Test
    void everyEventHasItsEffectOnceAndKeysKeepTheirOrder() {
        var broker = opened(new KafkaLogBroker(cluster.properties(), Duration.ofSeconds(4)));
        broker.prepare(List.of(new Topic(TOPIC, PARTITIONS, 3, new Topic.Retention.Forever())));
        var relays = List.of(relay(broker), relay(broker));
        reader(broker);
        reader(broker);

        for (int i = 0; i < KILLS; i++) {
            append(i * EVENTS / KILLS, (i + 1) * EVENTS / KILLS);
            int expected = (i * EVENTS + EVENTS / 2) / KILLS;
            Await.until("half of it has its effect", LIMIT, () -> effects.written.size() >= expected);
            cluster.kill(i % 3);
            int before = effects.written.size();
            Await.until(
                    "it goes on",
                    LIMIT,
                    () -> effects.written.size() > before
                            || relays.getFirst().status().lag() == 0);
            cluster.startAgain(i % 3);
            cluster.awaitAll();
        }

        Await.until("all have their effect", LIMIT, () -> effects.written.size() >= EVENTS);
        requireOnceAndInOrder();
    }

    private void append(int from, int to) {
        var outbox = opened(
                        BrokerEventBus.builder(opened(new KafkaLogBroker(cluster.properties())), SERIALIZER, effects)
                                .topics(TopicNaming.all(TOPIC))
                                .orderedBy(envelope -> ((Burned) envelope.message()).key())
                                .appendingTo(transaction -> store)
                                .build())
                .within(List.of());
        for (int i = from; i < to; i++) {
            outbox.publish(new Burned("key" + i % KEYS, i / KEYS));
        }
    }

    private final InMemorySubscriptionStorage<Void> checkpoints = new InMemorySubscriptionStorage<>(null);

    private RunningSubscription<Void> relay(KafkaLogBroker broker) {
        var relay = opened(Relay.named("relay", broker, SERIALIZER)
                .source(URI.create("/fire"), "1")
                .retrying(RetryPolicy.DEFAULT.withPauses(Duration.ofMillis(10), Duration.ofMillis(200)))
                .outboxTo(Set.of(TOPIC), TopicNaming.all(TOPIC)));
        return opened(new Subscriptions<>(store, checkpoints, SETTINGS)).start(relay.<Void>subscription());
    }

    private void reader(KafkaLogBroker broker) {
        var bus = opened(BrokerEventBus.builder(broker, SERIALIZER, effects)
                .topics(TopicNaming.all(TOPIC))
                .orderedBy(envelope -> ((Burned) envelope.message()).key())
                .settings(SETTINGS)
                .build());
        bus.start(
                TOPIC,
                Subscription.named("effects")
                        .startingAt(StartFrom.beginning())
                        .projecting((events, transaction) -> events.forEach(event -> {
                            var burned = (Burned) event.message();
                            transaction.add(burned.key() + " " + burned.number());
                        })));
    }

    private void requireOnceAndInOrder() {
        assertThat(new HashSet<>(effects.written)).hasSize(EVENTS);
        assertThat(effects.written).hasSize(EVENTS);
        var next = new HashMap<String, Integer>();
        for (var effect : effects.written) {
            var parts = effect.split(" ", 2);
            assertThat(Integer.parseInt(parts[1])).as(parts[0]).isEqualTo(next.getOrDefault(parts[0], 0));
            next.merge(parts[0], 1, Integer::sum);
        }
    }

    private <R extends AutoCloseable> R opened(R resource) {
        opened.add(resource);
        return resource;
    }
}
