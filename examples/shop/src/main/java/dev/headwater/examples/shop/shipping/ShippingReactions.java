package dev.headwater.examples.shop.shipping;

import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryReserved;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCancelled;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.shipping.ShippingCommand.CreateShipment;
import dev.headwater.workflow.ProcessManager;

/**
 * What shipping does by itself when nobody directs the services: it remembers where every new order goes, and sends it
 * off when its goods are reserved, unless it was cancelled before.
 */
public final class ShippingReactions {

    enum Stage {
        KNOWN,
        ASKED,
        OVER
    }

    private ShippingReactions() {}

    /** The table. */
    public static ProcessManager<?, ?> process() {
        return ProcessManager.named("shipping.reactions", 1, Stage.class, CreateShipment.class)
                .startedBy(OrderCreated.class, event -> event.orderId().value(), CreateShipment::of)
                .to(Stage.KNOWN)
                .expecting(InventoryReserved.class, event -> event.orderId().value())
                .expecting(OrderCancelled.class, event -> event.orderId().value())
                .in(Stage.KNOWN)
                .withoutLimit()
                .on(InventoryReserved.class)
                .to(Stage.ASKED)
                .send(CreateShipment.class, create -> create)
                .on(OrderCancelled.class)
                .to(Stage.OVER)
                .endingIn(Stage.ASKED)
                .endingIn(Stage.OVER)
                .ignoring(InventoryReserved.class)
                .build();
    }
}
