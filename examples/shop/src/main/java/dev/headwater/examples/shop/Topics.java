package dev.headwater.examples.shop;

import dev.headwater.Message;
import dev.headwater.broker.Publication;
import dev.headwater.broker.Relay;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.broker.spi.Topic;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryAnswer;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryGivenUp;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryReserved;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCancelled;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentAnswer;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentCompleted;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentGivenUp;
import dev.headwater.examples.shop.shipping.ShippingEvent.ShipmentCreated;
import dev.headwater.store.EventQuery;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the services say to each other between processes: each has a topic with its events, and one with the commands
 * that others send it.
 */
final class Topics {

    private static final String EVENTS = ".events";
    private static final String COMMANDS = ".commands";
    private static final Map<String, String> BY_TYPE = byType();

    private Topics() {}

    private static Map<String, String> byType() {
        var topics = new HashMap<String, String>();
        for (var service : Service.values()) {
            service.events().forEach(type -> topics.put(type, service + EVENTS));
            service.commands().forEach(type -> topics.put(type, service + COMMANDS));
        }
        return topics;
    }

    /** The topic of a type of event or command. */
    static String of(String type) {
        return Objects.requireNonNull(BY_TYPE.get(type), type);
    }

    /** All of them. */
    static List<Topic> all(int partitions, int replicas) {
        return new TreeSet<>(BY_TYPE.values())
                .stream()
                        .map(name -> new Topic(name, partitions, replicas, new Topic.Retention.Forever()))
                        .toList();
    }

    /** Who tells what a service says. */
    static URI source(Service service) {
        return URI.create("/shop/" + service);
    }

    /** Tells others what a service says, and sends them the commands that its process has for them. */
    static Relay relay(Service service, LogBroker broker) {
        var types = new HashSet<>(service.events());
        EnumSet.complementOf(EnumSet.of(service)).forEach(other -> types.addAll(other.commands()));
        var topics = new HashSet<String>();
        types.forEach(type -> topics.add(of(type)));
        return Relay.named("relay", broker, Shop.SERIALIZER)
                .source(source(service), "1")
                .events(EventQuery.ofTypes(types).withReserved())
                .to(topics, event -> List.of(new Publication.Itself(of(event.type()))));
    }

    /** Which types a service takes into its log from which topic. */
    static Map<String, Set<String>> heardBy(Service service, ProcessStyle style) {
        var types = new HashSet<>(service.commands());
        heard(service, style).forEach(type -> types.addAll(Shop.TYPES.namesOf(type)));
        var byTopic = new TreeMap<String, Set<String>>();
        types.forEach(type ->
                byTopic.computeIfAbsent(of(type), topic -> new TreeSet<>()).add(type));
        return byTopic;
    }

    private static List<Class<? extends Message>> heard(Service service, ProcessStyle style) {
        if (service == Service.ORDERING) {
            return List.of(PaymentAnswer.class, InventoryAnswer.class, ShipmentCreated.class);
        }
        var heard = new ArrayList<Class<? extends Message>>();
        if (style == ProcessStyle.CHOREOGRAPHY && service.decides()) {
            heard.addAll(List.of(OrderCreated.class, OrderCancelled.class));
            switch (service) {
                case INVENTORY -> heard.addAll(List.of(PaymentCompleted.class, PaymentGivenUp.class));
                case SHIPPING -> heard.addAll(List.of(InventoryReserved.class, InventoryGivenUp.class));
                default -> {}
            }
        }
        return heard;
    }
}
