package dev.headwater.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.IntegrationEvent;
import dev.headwater.Message;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.Notification;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.RecordHeader;
import dev.headwater.broker.spi.Topic;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemoryLogBroker;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventStore;
import dev.headwater.store.Origin;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionSettings;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A broker with a topic of three partitions, a log and a storage of subscriptions, all in memory. */
@Timeout(60)
abstract class TopicFixture {

    static final Duration LIMIT = Duration.ofSeconds(20);
    static final String TOPIC = "orders";
    static final int PARTITIONS = 3;
    static final int LARGEST = 20_000;

    sealed interface OrderTold extends IntegrationEvent {
        String orderId();
    }

    @MessageType("order.placed")
    record OrderPlaced(String orderId, int number) implements OrderTold {}

    @MessageType("order.shipped")
    record OrderShipped(String orderId) implements OrderTold {}

    @MessageType("stock.low")
    record StockRanLow(String article) implements Notification {}

    @MessageType("order.noted")
    record OrderNoted(String orderId, int number) implements DomainEvent {}

    @MessageType("order.place")
    record PlaceOrder(String orderId) implements Command<String> {}

    static final MessageSerializer SERIALIZER = new MessageSerializer(
            MessageTypes.of(OrderTold.class, StockRanLow.class, OrderNoted.class, PlaceOrder.class));

    static final SubscriptionSettings FAST = SubscriptionSettings.DEFAULT
            .withPollInterval(Duration.ofMillis(5))
            .withLease(Duration.ofMillis(300))
            .recoveringWith(RetryPolicy.DEFAULT.withAttempts(2).withPauses(Duration.ofMillis(1), Duration.ofMillis(2)));

    static final RetryPolicy SOON = RetryPolicy.none().withPauses(Duration.ofMillis(1), Duration.ofMillis(2));

    final InMemoryLogBroker broker = new InMemoryLogBroker(LARGEST, InstantSource.system());
    final EventStore store = new EventStore(new InMemoryEventStorage(), SERIALIZER);
    /** What projections have written. */
    final List<Message> readModel = new CopyOnWriteArrayList<>();

    final InMemorySubscriptionStorage<List<Message>> storage = new InMemorySubscriptionStorage<>(readModel);
    final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

    @BeforeEach
    final void prepareTopic() {
        broker.prepare(List.of(Topic.of(TOPIC, PARTITIONS)));
    }

    @AfterEach
    final void closeAll() throws Exception {
        for (var each : opened) {
            each.close();
        }
    }

    final BrokerEventBus<List<Message>> bus() {
        return bus(broker, FAST);
    }

    final BrokerEventBus<List<Message>> bus(LogBroker with, SubscriptionSettings settings) {
        var bus = BrokerEventBus.builder(with, SERIALIZER, storage)
                .source(URI.create("/shop/ordering"))
                .topics(TopicNaming.all(TOPIC))
                .orderedBy(TopicFixture::keyOf)
                .appendingTo(model -> store)
                .settings(settings)
                .retrying(SOON)
                .build();
        opened.add(bus);
        return bus;
    }

    static String keyOf(Envelope<?> envelope) {
        return switch (envelope.message()) {
            case OrderTold told -> told.orderId();
            case StockRanLow low -> low.article();
            case OrderNoted noted -> noted.orderId();
            default -> envelope.id().toString();
        };
    }

    /** A projection from the beginning of the topic that keeps what it gets. */
    static Subscription<List<Message>> keeping(String name) {
        return keeping(Subscription.named(name).retrying(SOON));
    }

    static Subscription<List<Message>> keeping(Subscription.Builder choices) {
        return choices.projecting((events, model) -> {
            // Decoded first, since this storage undoes nothing.
            model.addAll(events.stream().map(StoredEvent::message).toList());
        });
    }

    /** A reactor from the beginning of the topic that keeps what it gets. */
    final Subscription<List<Message>> reacting(String name) {
        return Subscription.named(name)
                .startingAt(StartFrom.beginning())
                .retrying(SOON)
                .reacting(event -> readModel.add(event.message()));
    }

    /** Publishes a message as a relay does, with its place in the log of its source. */
    final void tell(Message message, long position) throws InterruptedException {
        var record = new CloudEventWriter(URI.create("/shop/ordering"), false)
                .record(
                        address(keyOf(Envelope.of(message))),
                        SERIALIZER.encode(Envelope.of(message)),
                        Optional.of(new Origin("/shop/ordering", "1", position, 0)));
        broker.publisher().publish(List.of(record));
    }

    /** Publishes bytes that are no event. */
    final void tellNonsense(String key) throws InterruptedException {
        var to = address(key);
        broker.publisher()
                .publish(List.of(new OutgoingRecord(
                        TOPIC,
                        to.partition(),
                        key.getBytes(UTF_8),
                        "nonsense".getBytes(UTF_8),
                        List.of(RecordHeader.of("ce_id", "1")),
                        Instant.EPOCH)));
    }

    static CloudEventWriter.Address address(String key) {
        return new CloudEventWriter.Address(TOPIC, KeyPartition.of(key.getBytes(UTF_8), PARTITIONS), key);
    }

    static String partOf(String name, String key) {
        return name + "/" + TOPIC + "/" + address(key).partition();
    }

    /** What stands in all partitions, as this code reads it. */
    final List<StoredEvent> told() {
        var all = new ArrayList<StoredEvent>();
        try (var reader = broker.read(TOPIC)) {
            for (int i = 0; i < PARTITIONS; i++) {
                var events = new CloudEventReader(TOPIC, i);
                reader.read(i, reader.retained(i).first() - 1, 10_000, Integer.MAX_VALUE).records().stream()
                        .map(events::read)
                        .map(event -> new StoredEvent(event, SERIALIZER))
                        .forEach(all::add);
            }
        }
        return all;
    }

    final List<DeadLetter> letters() {
        return storage.deadLetters().list(DeadLetterFilter.all(), 1000);
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time: " + what).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
