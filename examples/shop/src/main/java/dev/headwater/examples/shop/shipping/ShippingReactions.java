package dev.headwater.examples.shop.shipping;

import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryGivenUp;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryReserved;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCancelled;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.ordering.OrderId;
import dev.headwater.examples.shop.shipping.ShippingCommand.CreateShipment;
import dev.headwater.workflow.ProcessManager;

/**
 * What shipping does by itself when nobody directs the services: it remembers where every new order goes, and sends it
 * off when its goods are reserved, unless it was cancelled before.
 *
 * <p>Ordering and inventory may be heard in either order. Only what one of them says stays in order, so it is inventory
 * that tells whether its answer still counts: nothing is sent off that was reserved after it was given up.
 */
public final class ShippingReactions {

    enum Stage {
        KNOWN,
        /** The goods are reserved, and it is not known yet where they go. */
        RESERVED,
        ASKED,
        OVER
    }

    private ShippingReactions() {}

    /** The table. */
    public static ProcessManager<?, ?> process() {
        return ProcessManager.named("shipping.reactions", 1, Stage.class, CreateShipment.class)
                .startedBy(OrderCreated.class, event -> event.orderId().value(), CreateShipment::of)
                .to(Stage.KNOWN)
                .startedBy(InventoryReserved.class, event -> event.orderId().value(), goods -> unknown(goods.orderId()))
                .to(Stage.RESERVED)
                .startedBy(InventoryGivenUp.class, event -> event.orderId().value(), late -> unknown(late.orderId()))
                .to(Stage.OVER)
                .expecting(OrderCancelled.class, event -> event.orderId().value())
                .in(Stage.KNOWN)
                .withoutLimit()
                .on(InventoryReserved.class)
                .to(Stage.ASKED)
                .send(CreateShipment.class, create -> create)
                .on(InventoryGivenUp.class)
                .to(Stage.OVER)
                .on(OrderCancelled.class)
                .to(Stage.OVER)
                .in(Stage.RESERVED)
                .withoutLimit()
                .on(OrderCreated.class)
                .to(Stage.ASKED)
                .remembering((unknown, created) -> CreateShipment.of(created))
                .send(CreateShipment.class, create -> create)
                .on(OrderCancelled.class)
                .to(Stage.OVER)
                .endingIn(Stage.ASKED)
                .endingIn(Stage.OVER)
                .ignoring(OrderCreated.class)
                .ignoring(InventoryGivenUp.class)
                .ignoring(InventoryReserved.class)
                .ignoring(OrderCancelled.class)
                .build();
    }

    private static CreateShipment unknown(OrderId order) {
        return new CreateShipment(order, "");
    }
}
