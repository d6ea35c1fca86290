package dev.headwater.examples.shop.payment;

import dev.headwater.Command;
import dev.headwater.MessageType;
import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.ordering.OrderId;
import java.util.OptionalInt;

/** What can be asked of payment. Asked again, or with nothing to do or undo, it does nothing. */
public sealed interface PaymentCommand extends Command<Void> {

    OrderId orderId();

    /** Asks for the money for an order; a {@link PaymentEvent.PaymentAnswer} follows. */
    @MessageType("payment.process")
    record ProcessPayment(OrderId orderId, Money amount, OptionalInt ordinal) implements PaymentCommand {

        public static ProcessPayment of(OrderCreated order) {
            return new ProcessPayment(order.orderId(), order.total(), order.ordinal());
        }
    }

    /** Gives the answer that was pending. */
    @MessageType("payment.settle")
    record SettlePayment(OrderId orderId) implements PaymentCommand {}

    /** Gives the money back; where the outcome is pending still, it says that nobody waits for it any more. */
    @MessageType("payment.refund")
    record RefundPayment(OrderId orderId) implements PaymentCommand {}
}
