package dev.headwater.examples.quickstart;

import dev.headwater.IntegrationEvent;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.broker.BrokerEventBus;
import dev.headwater.broker.TopicNaming;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.Topic;
import dev.headwater.bus.EventBus;
import dev.headwater.bus.HandlerRegistry;
import dev.headwater.bus.Handles;
import dev.headwater.bus.InProcessEventBus;
import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.postgres.PostgresLogBroker;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The program of the README that grows past one process. */
public final class ServicesQuickstart {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private ServicesQuickstart() {}

    // spotless:off
    // snippet:services
    @MessageType("order.placed")
    record OrderPlaced(String orderId) implements IntegrationEvent {}

    static final class Warehouse {
        final CountDownLatch reserved = new CountDownLatch(1);

        @Handles void reserve(OrderPlaced placed) {
            System.out.println("reserved the goods of order " + placed.orderId());
            reserved.countDown();
        }
    }

    /** One process: publishing calls the handlers. */
    static EventBus inOneProcess() {
        return InProcessEventBus.builder().build();
    }

    /** Several: publishing puts events into a topic, from where each service takes them on, also after a crash. */
    static EventBus betweenProcesses(String service, PostgresDatabase database, LogBroker broker) {
        return BrokerEventBus.builder(broker, new MessageSerializer(MessageTypes.of(OrderPlaced.class)), database.subscriptionStorage())
                .source(URI.create("/shop/" + service))
                .topics(TopicNaming.all("orders"))
                .orderedBy(envelope -> ((OrderPlaced) envelope.message()).orderId())
                .build();
    }
    // end
    // spotless:on

    /** Does the same in both ways; the services of the second would be processes of their own. */
    public static void main(String[] args) throws InterruptedException {
        try (var bus = inOneProcess()) {
            tell("1", bus, bus);
        }
        try (var postgres = EmbeddedDatabase.start();
                var ordering = open(postgres, "ordering");
                var warehouse = open(postgres, "warehouse");
                var broker = new PostgresLogBroker((topic, publishing) ->
                        PostgresDatabase.builder().url(postgres.jdbcUrl()).poolSize(4))) {
            broker.prepare(List.of(Topic.of("orders", 1)));
            try (var from = betweenProcesses("ordering", ordering, broker);
                    var to = betweenProcesses("warehouse", warehouse, broker)) {
                tell("2", from, to);
            }
        }
    }

    private static PostgresDatabase open(EmbeddedDatabase postgres, String service) {
        return PostgresDatabase.builder()
                .url(postgres.jdbcUrl())
                .schema(service)
                .poolSize(4)
                .open();
    }

    /** The same wiring for both. */
    private static void tell(String order, EventBus from, EventBus to) throws InterruptedException {
        var warehouse = new Warehouse();
        try (var registration = new HandlerRegistry().addMethodsOf(warehouse).subscribeTo(to)) {
            from.publish(new OrderPlaced(order));
            if (!warehouse.reserved.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("Nobody has heard of order " + order + ": expected " + registration);
            }
        }
    }
}
