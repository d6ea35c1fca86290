package dev.headwater.examples.shop.fulfilment;

import dev.headwater.examples.shop.inventory.InventoryCommand.ReleaseInventory;
import dev.headwater.examples.shop.inventory.InventoryCommand.ReserveInventory;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryAnswer;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryFailed;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryPending;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryReserved;
import dev.headwater.examples.shop.ordering.CancelReason;
import dev.headwater.examples.shop.ordering.OrderCommand.CancelOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.ShipOrder;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.payment.PaymentCommand.ProcessPayment;
import dev.headwater.examples.shop.payment.PaymentCommand.RefundPayment;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentAnswer;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentCompleted;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentFailed;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentPending;
import dev.headwater.examples.shop.shipping.ShippingCommand.CreateShipment;
import dev.headwater.examples.shop.shipping.ShippingEvent.ShipmentCreated;
import dev.headwater.workflow.ProcessManager;
import java.time.Duration;

/**
 * The order process as a table: created, paid, reserved, shipped; and what is undone when one of these fails or takes
 * too long.
 *
 * <p>A command in the log is never lost. So a service that has not even said that it takes its time is waited for
 * again, and only one that has said so makes an order late: that the shop itself was away costs nobody an order.
 */
public final class OrderTable {

    /** Identifies the process. */
    public static final String NAME = "shop.order_table";

    /** Where an order stands. */
    public enum Stage {
        PAYING,
        PAYMENT_PENDING,
        RESERVING,
        RESERVATION_PENDING,
        SHIPPING,
        SHIPPED,
        CANCELLED
    }

    private OrderTable() {}

    /** The table, for services that may take so long to answer. */
    public static ProcessManager<Stage, OrderCreated> process(Duration limit) {
        return ProcessManager.named(NAME, 1, Stage.class, OrderCreated.class)
                .startedBy(OrderCreated.class, created -> created.orderId().value(), created -> created)
                .to(Stage.PAYING)
                .send(ProcessPayment.class, ProcessPayment::of)
                .expecting(PaymentAnswer.class, answer -> answer.orderId().value())
                .expecting(InventoryAnswer.class, answer -> answer.orderId().value())
                .expecting(ShipmentCreated.class, created -> created.orderId().value())
                // paying
                .in(Stage.PAYING)
                .atMost(limit)
                .on(PaymentCompleted.class)
                .to(Stage.RESERVING)
                .send(ReserveInventory.class, ReserveInventory::of)
                .on(PaymentFailed.class)
                .to(Stage.CANCELLED)
                .send(CancelOrder.class, order -> cancel(order, CancelReason.PAYMENT))
                .on(PaymentPending.class)
                .to(Stage.PAYMENT_PENDING)
                .ignoring(InventoryAnswer.class)
                .ignoring(ShipmentCreated.class)
                .onExpiry()
                .to(Stage.PAYING)
                .in(Stage.PAYMENT_PENDING)
                .atMost(limit)
                .on(PaymentCompleted.class)
                .to(Stage.RESERVING)
                .send(ReserveInventory.class, ReserveInventory::of)
                .on(PaymentFailed.class)
                .to(Stage.CANCELLED)
                .send(CancelOrder.class, order -> cancel(order, CancelReason.PAYMENT))
                .ignoring(PaymentPending.class)
                .ignoring(InventoryAnswer.class)
                .ignoring(ShipmentCreated.class)
                .onExpiry()
                .to(Stage.CANCELLED)
                .send(RefundPayment.class, order -> new RefundPayment(order.orderId()))
                .send(CancelOrder.class, order -> cancel(order, CancelReason.LATE))
                // reserving
                .in(Stage.RESERVING)
                .atMost(limit)
                .on(InventoryReserved.class)
                .to(Stage.SHIPPING)
                .send(CreateShipment.class, CreateShipment::of)
                .on(InventoryFailed.class)
                .to(Stage.CANCELLED)
                .send(RefundPayment.class, order -> new RefundPayment(order.orderId()))
                .send(CancelOrder.class, order -> cancel(order, CancelReason.INVENTORY))
                .on(InventoryPending.class)
                .to(Stage.RESERVATION_PENDING)
                .ignoring(PaymentAnswer.class)
                .ignoring(ShipmentCreated.class)
                .onExpiry()
                .to(Stage.RESERVING)
                .in(Stage.RESERVATION_PENDING)
                .atMost(limit)
                .on(InventoryReserved.class)
                .to(Stage.SHIPPING)
                .send(CreateShipment.class, CreateShipment::of)
                .on(InventoryFailed.class)
                .to(Stage.CANCELLED)
                .send(RefundPayment.class, order -> new RefundPayment(order.orderId()))
                .send(CancelOrder.class, order -> cancel(order, CancelReason.INVENTORY))
                .ignoring(InventoryPending.class)
                .ignoring(PaymentAnswer.class)
                .ignoring(ShipmentCreated.class)
                .onExpiry()
                .to(Stage.CANCELLED)
                .send(ReleaseInventory.class, order -> new ReleaseInventory(order.orderId()))
                .send(RefundPayment.class, order -> new RefundPayment(order.orderId()))
                .send(CancelOrder.class, order -> cancel(order, CancelReason.LATE))
                // shipping
                .in(Stage.SHIPPING)
                .atMost(limit)
                .on(ShipmentCreated.class)
                .to(Stage.SHIPPED)
                .send(ShipOrder.class, (order, shipment) -> new ShipOrder(order.orderId(), shipment.trackingNumber()))
                .ignoring(PaymentAnswer.class)
                .ignoring(InventoryAnswer.class)
                .onExpiry()
                .to(Stage.SHIPPING)
                .endingIn(Stage.SHIPPED)
                // what comes too late is undone
                .endingIn(Stage.CANCELLED)
                .on(PaymentCompleted.class)
                .send(RefundPayment.class, order -> new RefundPayment(order.orderId()))
                .on(InventoryReserved.class)
                .send(ReleaseInventory.class, order -> new ReleaseInventory(order.orderId()))
                .ignoring(PaymentFailed.class)
                .ignoring(InventoryFailed.class)
                .build();
    }

    private static CancelOrder cancel(OrderCreated order, CancelReason reason) {
        return new CancelOrder(order.orderId(), reason);
    }
}
