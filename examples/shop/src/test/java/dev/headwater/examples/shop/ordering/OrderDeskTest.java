package dev.headwater.examples.shop.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headwater.Envelope;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.examples.shop.ordering.OrderCommand.CreateOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.PlaceOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.ShipOrder;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySnapshotStore;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class OrderDeskTest {

    private static final OrderId ID = new OrderId("4711");
    private static final Instant MONDAY = Instant.parse("2010-12-06T08:26:00Z");

    private static final MessageSerializer SERIALIZER = MessageSerializer.builder(MessageTypes.of(OrderEvent.class))
            .upcasters(OrderVersions.UPCASTERS)
            .build();

    private final EventStore store = new EventStore(new InMemoryEventStorage(), SERIALIZER);
    private final OrderDesk desk = new OrderDesk(store, new InMemorySnapshotStore());

    @Test
    void commandsBecomeEventsThatHappenedWhenTheCommandsDid() {
        var bus = desk.commandBus();
        var items = List.of(new OrderItem("10210", "MUG", 2, Money.of("4.95")));

        assertThat(bus.send(new CreateOrder(ID, Optional.empty(), "Japan", items, OptionalInt.empty())))
                .isEqualTo(OrderStatus.DRAFT);
        assertThat(bus.send(new PlaceOrder(ID))).isEqualTo(OrderStatus.PLACED);
        assertThat(bus.send(Envelope.of(new ShipOrder(ID, "T1")).withTime(MONDAY)))
                .isEqualTo(OrderStatus.SHIPPED);

        assertThat(events())
                .extracting(StoredEvent::type)
                .containsExactly("order.created", "order.placed", "order.shipped");
        assertThat(events().getLast().time()).isEqualTo(MONDAY);
        assertThat(desk.order(ID))
                .isEqualTo(new OrderState(OrderStatus.SHIPPED, Optional.empty(), "Japan", Money.of("9.90")));
    }

    @Test
    void shippingShipsWhatWasPlacedAndBearsToSeeItAgain() {
        var shipping = new Shipping(desk.commandBus());
        var items = List.of(new OrderItem("10210", "MUG", 2, Money.of("4.95")));
        desk.commandBus().send(new CreateOrder(ID, Optional.empty(), "Japan", items, OptionalInt.empty()));
        desk.commandBus().send(new PlaceOrder(ID));

        for (int round = 0; round < 2; round++) {
            store.readLog(0).forEach(shipping::react);
        }

        assertThat(events()).hasSize(3);
        assertThat(desk.order(ID).status()).isEqualTo(OrderStatus.SHIPPED);
    }

    @Test
    void shippingDoesNotHideThatAnOrderIsMissing() {
        desk.commandBus()
                .send(new CreateOrder(
                        ID, Optional.empty(), "Japan", List.of(new OrderItem("1", "", 1, Money.of("1"))), OptionalInt.empty()));
        desk.commandBus().send(new PlaceOrder(ID));
        var placed = events().getLast();
        var elsewhere = new EventStore(new InMemoryEventStorage(), SERIALIZER);
        var shipping = new Shipping(new OrderDesk(elsewhere, new InMemorySnapshotStore()).commandBus());

        assertThatExceptionOfType(OrderRuleException.class).isThrownBy(() -> shipping.react(placed));
    }

    private List<StoredEvent> events() {
        return store.readStream(StreamId.of("order", "4711")).toList();
    }
}
