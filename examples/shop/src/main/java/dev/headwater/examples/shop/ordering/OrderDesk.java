package dev.headwater.examples.shop.ordering;

import dev.headwater.Envelope;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.aggregate.Execution;
import dev.headwater.aggregate.Memento;
import dev.headwater.aggregate.SnapshotPolicy;
import dev.headwater.aggregate.Snapshots;
import dev.headwater.store.EventStore;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.StoredEvent;
import java.time.Duration;
import java.util.function.Consumer;

/** Carries out what is asked of orders. Thread-safe. */
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

    /** The orders, for a process that has them decide in one append with its own records. */
    public DeciderRepository<OrderCommand, OrderState, OrderEvent> orders() {
        return orders;
    }

    /** Carries out a command, once however often it comes. */
    public Execution carryOut(Envelope<? extends OrderCommand> command) {
        return orders.execute(command.message().orderId().value(), command);
    }

    /** Folds everything that has happened to an order again. */
    public void replay(String orderId, Consumer<? super StoredEvent> before) {
        orders.replay(orderId, before);
    }

    /** The order as it is now. */
    public OrderState order(OrderId id) {
        return orders.load(id.value()).state();
    }
}
