package dev.headwater.examples.shop.payment;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.ordering.OrderId;

/** What happens to the payment of an order. */
public sealed interface PaymentEvent extends DomainEvent {

    OrderId orderId();

    /** What whoever asks for a payment hears: the outcome, now or after it was pending. */
    sealed interface PaymentAnswer extends PaymentEvent {}

    /** How a payment has ended. */
    sealed interface PaymentOutcome extends PaymentAnswer {}

    /** The provider has been asked and takes its time. */
    @MessageType("payment.pending")
    record PaymentPending(OrderId orderId, Money amount) implements PaymentAnswer {}

    /** Nobody waits for the pending outcome any more. */
    @MessageType("payment.given-up")
    record PaymentGivenUp(OrderId orderId) implements PaymentEvent {}

    @MessageType("payment.completed")
    record PaymentCompleted(OrderId orderId, Money amount) implements PaymentOutcome {}

    @MessageType("payment.failed")
    record PaymentFailed(OrderId orderId, String reason) implements PaymentOutcome {}

    @MessageType("payment.refunded")
    record PaymentRefunded(OrderId orderId, Money amount) implements PaymentEvent {}
}
