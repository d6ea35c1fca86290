package dev.headwater.examples.shop.ordering;

import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.aggregate.Memento;
import dev.headwater.aggregate.SnapshotPolicy;
import dev.headwater.aggregate.Snapshots;
import dev.headwater.bus.CommandBus;
import dev.headwater.examples.shop.ordering.OrderCommand.CreateOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.PlaceOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.ShipOrder;
import dev.headwater.store.EventStore;
import dev.headwater.store.SnapshotStore;
import java.time.Duration;
import java.util.List;

/** Carries out what is asked of orders; what follows from a command happened at the time of the command. */
public final class OrderDesk {

    /** The category of the streams that hold orders. */
    public static final String CATEGORY = "order";

    /** An order of thousands of lines takes a while to load, and the lines are not needed. */
    private static final SnapshotPolicy POLICY = SnapshotPolicy.whenReplayTakes(Duration.ofMillis(50));

    private static final Memento<OrderState, OrderState> MEMENTO = Memento.of("order", 1, OrderState.class);

    private final DeciderRepository<OrderCommand, OrderState, OrderEvent> orders;

    public OrderDesk(EventStore store, SnapshotStore snapshots) {
        this.orders = DeciderRepository.of(store, CATEGORY, OrderEvent.class, new OrderDecider())
                .withSnapshots(new Snapshots<>(snapshots, MEMENTO, POLICY));
    }

    /** A bus that brings the commands here. */
    public CommandBus commandBus() {
        return CommandBus.builder(List.of(CreateOrder.class, PlaceOrder.class, ShipOrder.class))
                .handle(OrderCommand.class, envelope -> {
                    var command = envelope.message();
                    return orders.execute(command.orderId().value(), command, event -> event.withTime(envelope.time()))
                            .state()
                            .status();
                })
                .build();
    }

    /** The order as it is now. */
    public OrderState order(OrderId id) {
        return orders.load(id.value()).state();
    }
}
