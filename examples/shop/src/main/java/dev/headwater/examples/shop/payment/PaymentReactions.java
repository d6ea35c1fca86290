package dev.headwater.examples.shop.payment;

import dev.headwater.examples.shop.ordering.OrderEvent.OrderCancelled;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.payment.PaymentCommand.ProcessPayment;
import dev.headwater.examples.shop.payment.PaymentCommand.RefundPayment;
import dev.headwater.workflow.Policy;

/** What payment does by itself when nobody directs the services. */
public final class PaymentReactions {

    private PaymentReactions() {}

    /** Asks for the money of every new order, and gives that of a cancelled one back. */
    public static Policy policy() {
        return Policy.named("payment.reactions")
                .whenever(OrderCreated.class)
                .send(ProcessPayment.class, ProcessPayment::of)
                .whenever(OrderCancelled.class)
                .send(RefundPayment.class, cancelled -> new RefundPayment(cancelled.orderId()))
                .build();
    }
}
