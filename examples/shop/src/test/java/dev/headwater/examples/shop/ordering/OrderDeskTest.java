package dev.headwater.examples.shop.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.Envelope;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.aggregate.Execution;
import dev.headwater.examples.shop.ordering.OrderCommand.CancelOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.CreateOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.PlaceOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.ShipOrder;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySnapshotStore;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class OrderDeskTest {

    private static final OrderId ID = new OrderId("4711");

    private static final MessageSerializer SERIALIZER = MessageSerializer.builder(
                    MessageTypes.of(OrderEvent.class, OrderCommand.class))
            .upcasters(OrderVersions.UPCASTERS)
            .build();

    private final EventStore store = new EventStore(new InMemoryEventStorage(), SERIALIZER);
    private final OrderDesk desk = new OrderDesk(store, new InMemorySnapshotStore());

    @Test
    void commandsBecomeEvents() {
        create();
        desk.carryOut(Envelope.of(new ShipOrder(ID, "T1")));

        assertThat(events())
                .extracting(StoredEvent::type)
                .containsExactly("order.created", "order.placed", "order.shipped");
        assertThat(desk.order(ID))
                .isEqualTo(new OrderState(OrderStatus.SHIPPED, Optional.empty(), "Japan", Money.of("9.90")));
    }

    @Test
    void aCommandThatComesAgainIsCarriedOutOnceAndHasTheSameOutcome() {
        create();
        var ship = Envelope.of(new ShipOrder(ID, "T1"));
        var cancel = Envelope.of(new CancelOrder(ID, CancelReason.LATE));

        var shipped = desk.carryOut(ship);
        var refused = desk.carryOut(cancel);

        assertThat(shipped).isInstanceOf(Execution.Accepted.class);
        assertThat(refused).isInstanceOf(Execution.Refused.class);
        assertThat(desk.carryOut(ship)).isEqualTo(shipped);
        assertThat(desk.carryOut(cancel)).isEqualTo(refused);
        assertThat(events()).hasSize(3);
    }

    private void create() {
        var items = List.of(new OrderItem("10210", "MUG", 2, Money.of("4.95")));
        desk.carryOut(Envelope.of(new CreateOrder(ID, Optional.empty(), "Japan", items, OptionalInt.empty())));
        desk.carryOut(Envelope.of(new PlaceOrder(ID)));
    }

    private List<StoredEvent> events() {
        return store.readStream(StreamId.of("order", "4711")).toList();
    }
}
