package dev.headwater.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.DomainEvent;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryReleased;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryReserved;
import dev.headwater.examples.shop.inventory.InventoryRules;
import dev.headwater.examples.shop.ordering.CancelReason;
import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCancelled;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderPlaced;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderShipped;
import dev.headwater.examples.shop.ordering.OrderId;
import dev.headwater.examples.shop.ordering.OrderItem;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentCompleted;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentOutcome;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentRefunded;
import dev.headwater.examples.shop.payment.PaymentRules;
import dev.headwater.examples.shop.shipping.ShippingEvent.ShipmentCreated;
import dev.headwater.memory.InMemorySnapshotStore;
import dev.headwater.store.EventQuery;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.simulation.SimulatedProcess;
import dev.headwater.testkit.simulation.Simulation;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The shop in a simulation: some orders with all outcomes, services that answer too late, processes that die and stay
 * away for long; and what must hold afterwards.
 */
final class ShopSimulation {

    private static final int LATE = 3;
    private static final long MOST_PIECES = 5;
    private static final Money CREDIT = Money.of("100");
    private static final int ORDERS = 3;

    private final Simulation simulation;
    private final ShopSettings settings;
    private final Optional<Bug> bug;
    private final InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
    private final List<OrderCreated> orders = new ArrayList<>();

    private ShopSimulation(Simulation simulation, ProcessStyle style, Optional<Bug> bug) {
        this.simulation = simulation;
        this.settings = new ShopSettings(
                style,
                new PaymentRules(CREDIT, LATE),
                new InventoryRules(MOST_PIECES, LATE),
                Duration.ofSeconds(5),
                Duration.ZERO,
                Optional.empty());
        this.bug = bug;
    }

    /** Plays it through and checks what has come of it. */
    static void play(Simulation simulation, ProcessStyle style, Optional<Bug> bug) {
        new ShopSimulation(simulation, style, bug).play();
    }

    private void play() {
        int processes = 1 + simulation.random().nextInt(2);
        for (int i = 0; i < processes; i++) {
            simulation.running(this::start);
        }
        for (int i = 0; i < ORDERS; i++) {
            order(String.valueOf(ORDERS * simulation.random().nextInt(ORDERS) + i + 1));
            simulation.pass(Duration.ofSeconds(simulation.random().nextInt(4)));
        }
        simulation.pass(Duration.ofMinutes(1));
        simulation.finish(Duration.ofHours(3));
        orders.forEach(this::check);
        checkTotals();
    }

    private void start(SimulatedProcess process) {
        var services = new Services(process.store(), snapshots, settings);
        var deliveries = new ArrayList<>(services.<Simulation>deliveries());
        bug.ifPresent(mistake -> {
            deliveries.subList(1, deliveries.size()).clear();
            deliveries.addAll(mistake.deliveries(process.store(), settings));
        });
        deliveries.forEach(process.subscriptions()::start);
        Processes.start(
                process.store(),
                process.subscriptions(),
                process.processStorage(),
                services,
                settings,
                EnumSet.allOf(Service.class));
    }

    /** Its id is its ordinal; what it costs and how many pieces it has is drawn. */
    private void order(String ordinal) {
        var id = new OrderId(ordinal);
        long pieces = simulation.random().nextInt(1, 8);
        var item = new OrderItem(
                "A",
                "an article",
                pieces,
                Money.of("" + (5 + simulation.random().nextInt(20))));
        var created = new OrderCreated(
                id, Optional.empty(), "France", List.of(item), item.total(), OptionalInt.of(Integer.parseInt(ordinal)));
        orders.add(created);
        simulation
                .store()
                .append(
                        StreamId.of("order", ordinal),
                        ExpectedVersion.noStream(),
                        created,
                        new OrderPlaced(id, Optional.empty(), item.total()));
    }

    static boolean isPaidLate(OrderId order) {
        return Integer.parseInt(order.value()) % LATE == 0;
    }

    static boolean isReservedLate(OrderId order) {
        return Integer.parseInt(order.value()) % LATE == 1;
    }

    /** Why an order must be cancelled; it must be shipped when there is no reason. */
    private static Optional<CancelReason> reason(OrderCreated order) {
        if (isPaidLate(order.orderId())) {
            return Optional.of(CancelReason.LATE);
        } else if (order.total().isMoreThan(CREDIT)) {
            return Optional.of(CancelReason.PAYMENT);
        } else if (isReservedLate(order.orderId())) {
            return Optional.of(CancelReason.LATE);
        }
        return order.items().getFirst().quantity() > MOST_PIECES
                ? Optional.of(CancelReason.INVENTORY)
                : Optional.empty();
    }

    private void check(OrderCreated order) {
        var id = order.orderId().value();
        var reason = reason(order);
        int shipped = reason.isEmpty() ? 1 : 0;
        assertThat(of(id, "order", OrderShipped.class))
                .as("order %s is shipped", id)
                .hasSize(shipped);
        assertThat(of(id, "order", OrderCancelled.class).stream().map(OrderCancelled::reason))
                .as("order %s is cancelled", id)
                .containsExactlyElementsOf(reason.stream().toList());
        assertThat(of(id, "payment", PaymentOutcome.class))
                .as("outcomes of the payment of order %s", id)
                .hasSize(1);
        int paid = of(id, "payment", PaymentCompleted.class).size();
        assertThat(paid - of(id, "payment", PaymentRefunded.class).size())
                .as("payments that are kept of order %s", id)
                .isEqualTo(shipped);
        int reserved = of(id, "inventory", InventoryReserved.class).size();
        assertThat(reserved - of(id, "inventory", InventoryReleased.class).size())
                .as("reservations that are kept for order %s", id)
                .isEqualTo(shipped);
        assertThat(of(id, "shipment", ShipmentCreated.class))
                .as("parcels of order %s", id)
                .hasSize(shipped);
    }

    private <E extends DomainEvent> List<E> of(String id, String category, Class<E> type) {
        return simulation
                .store()
                .readStream(StreamId.of(category, id))
                .map(stored -> stored.event())
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private void checkTotals() {
        var in = BigDecimal.ZERO;
        var back = BigDecimal.ZERO;
        var kept = BigDecimal.ZERO;
        for (var stored : simulation.store().readLog(0, EventQuery.all()).toList()) {
            switch (stored.event()) {
                case PaymentCompleted paid -> in = in.add(paid.amount().amount());
                case PaymentRefunded refunded ->
                    back = back.add(refunded.amount().amount());
                case OrderShipped shipped -> kept = kept.add(shipped.total().amount());
                default -> {}
            }
        }
        assertThat(in).as("money in = money kept + money back").isEqualByComparingTo(kept.add(back));
    }
}
