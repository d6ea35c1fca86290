package dev.headwater.examples.shop.inventory;

import dev.headwater.examples.shop.inventory.InventoryCommand.ReleaseInventory;
import dev.headwater.examples.shop.inventory.InventoryCommand.ReserveInventory;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCancelled;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentCompleted;
import dev.headwater.workflow.ProcessManager;

/**
 * What inventory does by itself when nobody directs the services: it remembers the lines of every new order, reserves
 * them when the order is paid, and releases them when it is cancelled.
 */
public final class InventoryReactions {

    enum Stage {
        KNOWN,
        ASKED,
        OVER
    }

    private InventoryReactions() {}

    /** The table. */
    public static ProcessManager<?, ?> process() {
        return ProcessManager.named("inventory.reactions", 1, Stage.class, ReserveInventory.class)
                .startedBy(OrderCreated.class, event -> event.orderId().value(), ReserveInventory::of)
                .to(Stage.KNOWN)
                .expecting(PaymentCompleted.class, event -> event.orderId().value())
                .expecting(OrderCancelled.class, event -> event.orderId().value())
                .in(Stage.KNOWN)
                .withoutLimit()
                .on(PaymentCompleted.class)
                .to(Stage.ASKED)
                .send(ReserveInventory.class, reserve -> reserve)
                .on(OrderCancelled.class)
                .to(Stage.OVER)
                .endingIn(Stage.ASKED)
                .on(OrderCancelled.class)
                .send(ReleaseInventory.class, reserve -> new ReleaseInventory(reserve.orderId()))
                .endingIn(Stage.OVER)
                .ignoring(PaymentCompleted.class)
                .build();
    }
}
