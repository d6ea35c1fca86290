package dev.headwater.examples.shop.inventory;

import dev.headwater.examples.shop.inventory.InventoryCommand.ReleaseInventory;
import dev.headwater.examples.shop.inventory.InventoryCommand.ReserveInventory;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCancelled;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.ordering.OrderId;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentCompleted;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentGivenUp;
import dev.headwater.workflow.ProcessManager;
import java.util.List;
import java.util.OptionalInt;

/**
 * What inventory does by itself when nobody directs the services: it remembers the lines of every new order, reserves
 * them when the order is paid, and releases them when it is cancelled.
 *
 * <p>Ordering and payment may be heard in either order. Only what one of them says stays in order, so it is payment
 * that tells whether its answer still counts: nothing is reserved for a payment that was given up.
 */
public final class InventoryReactions {

    enum Stage {
        KNOWN,
        /** Paid, and it is not known yet what was ordered. */
        PAID,
        ASKED,
        OVER
    }

    private InventoryReactions() {}

    /** The table. */
    public static ProcessManager<?, ?> process() {
        return ProcessManager.named("inventory.reactions", 1, Stage.class, ReserveInventory.class)
                .startedBy(OrderCreated.class, event -> event.orderId().value(), ReserveInventory::of)
                .to(Stage.KNOWN)
                .startedBy(PaymentCompleted.class, event -> event.orderId().value(), paid -> unknown(paid.orderId()))
                .to(Stage.PAID)
                .startedBy(PaymentGivenUp.class, event -> event.orderId().value(), late -> unknown(late.orderId()))
                .to(Stage.OVER)
                .expecting(OrderCancelled.class, event -> event.orderId().value())
                .in(Stage.KNOWN)
                .withoutLimit()
                .on(PaymentCompleted.class)
                .to(Stage.ASKED)
                .send(ReserveInventory.class, reserve -> reserve)
                .on(PaymentGivenUp.class)
                .to(Stage.OVER)
                .on(OrderCancelled.class)
                .to(Stage.OVER)
                .in(Stage.PAID)
                .withoutLimit()
                .on(OrderCreated.class)
                .to(Stage.ASKED)
                .remembering((unknown, created) -> ReserveInventory.of(created))
                .send(ReserveInventory.class, reserve -> reserve)
                .on(OrderCancelled.class)
                .to(Stage.OVER)
                .endingIn(Stage.ASKED)
                .on(OrderCancelled.class)
                .send(ReleaseInventory.class, reserve -> new ReleaseInventory(reserve.orderId()))
                .endingIn(Stage.OVER)
                .ignoring(OrderCreated.class)
                .ignoring(PaymentGivenUp.class)
                .ignoring(PaymentCompleted.class)
                .ignoring(OrderCancelled.class)
                .build();
    }

    private static ReserveInventory unknown(OrderId order) {
        return new ReserveInventory(order, List.of(), OptionalInt.empty());
    }
}
