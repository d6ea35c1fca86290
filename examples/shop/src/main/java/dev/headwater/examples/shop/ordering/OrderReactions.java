package dev.headwater.examples.shop.ordering;

import dev.headwater.examples.shop.inventory.InventoryCommand.ReleaseInventory;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryFailed;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryOutcome;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryPending;
import dev.headwater.examples.shop.ordering.OrderCommand.CancelOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.ShipOrder;
import dev.headwater.examples.shop.payment.PaymentCommand.RefundPayment;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentFailed;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentOutcome;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentPending;
import dev.headwater.examples.shop.shipping.ShippingEvent.ShipmentCreated;
import dev.headwater.workflow.Policy;
import java.time.Duration;
import java.util.List;

/** What ordering does by itself when nobody directs the services. */
public final class OrderReactions {

    private OrderReactions() {}

    /**
     * Ships and cancels orders as the other services say, and cancels them as late when one that was asked does not
     * answer within the limit.
     */
    public static List<Policy> policies(Duration limit) {
        return List.of(reactions(), latePayment(limit), lateReservation(limit));
    }

    private static Policy reactions() {
        return Policy.named("ordering.reactions")
                .whenever(ShipmentCreated.class)
                .send(ShipOrder.class, shipment -> new ShipOrder(shipment.orderId(), shipment.trackingNumber()))
                .whenever(PaymentFailed.class)
                .send(CancelOrder.class, failed -> new CancelOrder(failed.orderId(), CancelReason.PAYMENT))
                .whenever(InventoryFailed.class)
                .send(CancelOrder.class, failed -> new CancelOrder(failed.orderId(), CancelReason.INVENTORY))
                .build();
    }

    private static Policy latePayment(Duration limit) {
        return Policy.named("ordering.late_payment")
                .whenever(PaymentPending.class, event -> event.orderId().value())
                .unless(PaymentOutcome.class, event -> event.orderId().value())
                .within(limit)
                .send(CancelOrder.class, pending -> new CancelOrder(pending.orderId(), CancelReason.LATE))
                .sendWhenLate(RefundPayment.class, (pending, late) -> new RefundPayment(late.orderId()))
                .build();
    }

    private static Policy lateReservation(Duration limit) {
        return Policy.named("ordering.late_reservation")
                .whenever(InventoryPending.class, event -> event.orderId().value())
                .unless(InventoryOutcome.class, event -> event.orderId().value())
                .within(limit)
                .send(CancelOrder.class, pending -> new CancelOrder(pending.orderId(), CancelReason.LATE))
                .sendWhenLate(ReleaseInventory.class, (pending, late) -> new ReleaseInventory(late.orderId()))
                .build();
    }
}
