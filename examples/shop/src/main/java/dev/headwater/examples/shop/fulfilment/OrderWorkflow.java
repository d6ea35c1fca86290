package dev.headwater.examples.shop.fulfilment;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
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
import dev.headwater.examples.shop.ordering.OrderId;
import dev.headwater.examples.shop.payment.PaymentCommand.ProcessPayment;
import dev.headwater.examples.shop.payment.PaymentCommand.RefundPayment;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentAnswer;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentCompleted;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentFailed;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentPending;
import dev.headwater.examples.shop.shipping.ShippingCommand.CreateShipment;
import dev.headwater.examples.shop.shipping.ShippingEvent.ShipmentCreated;
import dev.headwater.workflow.Awaited.Received;
import dev.headwater.workflow.Awaited.TimedOut;
import dev.headwater.workflow.WorkflowContext;
import dev.headwater.workflow.WorkflowDefinition;
import dev.headwater.workflow.WorkflowFailedException;
import java.time.Duration;
import java.util.List;

/**
 * The order process as code: created, paid, reserved, shipped; and what is undone when one of these fails or takes too
 * long.
 *
 * <p>A command in the log is never lost. So a service that has not even said that it takes its time is waited for
 * again, and only one that has said so makes an order late: that the shop itself was away costs nobody an order.
 */
public final class OrderWorkflow {

    /** Identifies the process. */
    public static final String NAME = "shop.order";

    private OrderWorkflow() {}

    /** The workflow, for services that may take so long to answer. It ends with the tracking number. */
    public static WorkflowDefinition<OrderCreated, String> definition(Duration limit) {
        return WorkflowDefinition.of(
                        NAME,
                        1,
                        OrderCreated.class,
                        String.class,
                        (wf, order) -> new Fulfilment(wf, order.orderId(), limit).of(order))
                .startedBy(OrderCreated.class, created -> created.orderId().value(), created -> created)
                .awaiting(PaymentAnswer.class, answer -> answer.orderId().value())
                .awaiting(InventoryAnswer.class, answer -> answer.orderId().value())
                .awaiting(ShipmentCreated.class, created -> created.orderId().value())
                .unclaimed((event, id) -> undoing(event));
    }

    /** What comes after the order was cancelled is undone. */
    private static List<? extends Command<?>> undoing(DomainEvent event) {
        return switch (event) {
            case PaymentCompleted late -> List.of(new RefundPayment(late.orderId()));
            case InventoryReserved late -> List.of(new ReleaseInventory(late.orderId()));
            default -> List.of();
        };
    }

    /** One run of the code. */
    private static final class Fulfilment {

        private final WorkflowContext wf;
        private final OrderId id;
        private final Duration limit;
        private CancelReason reason = CancelReason.LATE;

        Fulfilment(WorkflowContext wf, OrderId id, Duration limit) {
            this.wf = wf;
            this.id = id;
            this.limit = limit;
        }

        String of(OrderCreated order) {
            wf.compensateWith("cancel the order", undo -> undo.execute(new CancelOrder(id, reason)));
            wf.send(ProcessPayment.of(order), new RefundPayment(id));
            awaitPayment();
            wf.send(ReserveInventory.of(order), new ReleaseInventory(id));
            awaitInventory();
            wf.send(CreateShipment.of(order));
            var trackingNumber = awaitShipment();
            wf.execute(new ShipOrder(id, trackingNumber));
            return trackingNumber;
        }

        private void awaitPayment() {
            boolean isPending = false;
            while (true) {
                switch (wf.await(PaymentAnswer.class, limit)) {
                    case Received(PaymentCompleted paid) -> {
                        return;
                    }
                    case Received(PaymentFailed failed) -> throw cancelled(CancelReason.PAYMENT, failed.reason());
                    case Received(PaymentPending pending) -> isPending = true;
                    case TimedOut() -> {
                        if (isPending) {
                            throw cancelled(CancelReason.LATE, "no answer from payment");
                        }
                    }
                }
            }
        }

        private void awaitInventory() {
            boolean isPending = false;
            while (true) {
                switch (wf.await(InventoryAnswer.class, limit)) {
                    case Received(InventoryReserved reserved) -> {
                        return;
                    }
                    case Received(InventoryFailed failed) -> throw cancelled(CancelReason.INVENTORY, failed.reason());
                    case Received(InventoryPending pending) -> isPending = true;
                    case TimedOut() -> {
                        if (isPending) {
                            throw cancelled(CancelReason.LATE, "no answer from inventory");
                        }
                    }
                }
            }
        }

        private String awaitShipment() {
            while (true) {
                switch (wf.await(ShipmentCreated.class, limit)) {
                    case Received(ShipmentCreated shipment) -> {
                        return shipment.trackingNumber();
                    }
                    case TimedOut() -> wf.show("shipment", "overdue");
                }
            }
        }

        private WorkflowFailedException cancelled(CancelReason newReason, String why) {
            reason = newReason;
            return wf.failure(why);
        }
    }
}
