package dev.headwater.benchmarks;

import dev.headwater.Envelope;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.UuidV7;
import dev.headwater.benchmarks.OrderEvent.ItemAdded;
import dev.headwater.benchmarks.OrderEvent.Line;
import dev.headwater.benchmarks.OrderEvent.OrderDelivered;
import dev.headwater.benchmarks.OrderEvent.OrderPicked;
import dev.headwater.benchmarks.OrderEvent.OrderPlaced;
import dev.headwater.benchmarks.OrderEvent.OrderShipped;
import dev.headwater.benchmarks.OrderEvent.PaymentReceived;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * Ready-made events for every step in the life of an order, each with the JSON that Headwater writes for it: the raw
 * side gets that JSON for nothing, Headwater has to make it. Immutable.
 */
final class SampleEvents {

    /** The number of events in the life of an order: five items, then placed, paid, picked, shipped, delivered. */
    static final int STEPS = 10;

    static final MessageTypes TYPES = MessageTypes.of(OrderEvent.class);

    private static final int VARIANTS = 256;
    private static final List<String> COUNTRIES = List.of("United Kingdom", "Germany", "France", "EIRE", "Norway");
    private static final List<String> ARTICLES = List.of(
            "WHITE HANGING HEART T-LIGHT HOLDER",
            "REGENCY CAKESTAND 3 TIER",
            "JUMBO BAG RED RETROSPOT",
            "PARTY BUNTING",
            "LUNCH BAG BLACK SKULL",
            "SET OF 3 CAKE TINS PANTRY DESIGN");

    private final Random random = new Random(20_111_209);
    private final Sample[][] samples = new Sample[STEPS][VARIANTS];

    /** An event, and what the raw side stores for it. */
    record Sample(OrderEvent event, String type, int schemaVersion, String json, int jsonBytes) {}

    SampleEvents() {
        var serializer = new MessageSerializer(TYPES);
        for (int step = 0; step < STEPS; step++) {
            for (int variant = 0; variant < VARIANTS; variant++) {
                samples[step][variant] = sample(serializer, event(step));
            }
        }
    }

    /** The event at a step of an order; the key chooses among the variants. */
    Sample at(int step, int key) {
        return samples[step % STEPS][key & (VARIANTS - 1)];
    }

    /** The events of a whole order. */
    List<OrderEvent> order(int key) {
        var events = new ArrayList<OrderEvent>(STEPS);
        for (int step = 0; step < STEPS; step++) {
            events.add(at(step, key).event());
        }
        return events;
    }

    /** The mean size of the JSON over the life of an order. */
    double meanBytes() {
        long bytes = 0;
        for (var step : samples) {
            for (var sample : step) {
                bytes += sample.jsonBytes();
            }
        }
        return (double) bytes / (STEPS * VARIANTS);
    }

    private static Sample sample(MessageSerializer serializer, OrderEvent event) {
        var encoded = serializer.encode(Envelope.of(event));
        var json = new String(encoded.payload(), StandardCharsets.UTF_8);
        return new Sample(event, encoded.type(), encoded.schemaVersion(), json, encoded.payload().length);
    }

    private OrderEvent event(int step) {
        UUID order = UuidV7.next();
        var customer = "customer-" + number(10_000, 99_999);
        var tracking = "RM" + number(100_000_000, 999_999_999) + "GB";
        return switch (step) {
            case 5 -> new OrderPlaced(order, customer, List.of(line(), line(), line()), price(), "GBP", country());
            case 6 ->
                new PaymentReceived(order, UuidV7.next(), "card", price(), "GBP", "auth-" + number(100_000, 999_999));
            case 7 -> new OrderPicked(order, warehouse(), "picker-" + number(1, 99), List.of(location(), location()));
            case 8 ->
                new OrderShipped(
                        order, "Royal Mail", tracking, number(1, 250) + " Station Road", "Cambridge", country());
            case 9 ->
                new OrderDelivered(order, "Royal Mail", tracking, Instant.parse("2011-12-09T12:50:00Z"), "neighbour");
            default ->
                new ItemAdded(order, customer, sku(), pick(ARTICLES), number(1, 48), price(), "GBP", warehouse());
        };
    }

    private Line line() {
        return new Line(sku(), number(1, 48), price());
    }

    private String sku() {
        return number(10_000, 90_000) + "A";
    }

    private String warehouse() {
        return "warehouse-" + number(1, 9);
    }

    private String location() {
        return "aisle-" + number(1, 40) + "/shelf-" + number(1, 12);
    }

    private String country() {
        return pick(COUNTRIES);
    }

    private BigDecimal price() {
        return BigDecimal.valueOf(number(15, 9_999), 2);
    }

    private String pick(List<String> values) {
        return values.get(random.nextInt(values.size()));
    }

    private int number(int from, int to) {
        return random.nextInt(from, to + 1);
    }
}
