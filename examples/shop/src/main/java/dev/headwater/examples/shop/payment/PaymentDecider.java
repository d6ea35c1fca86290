package dev.headwater.examples.shop.payment;

import dev.headwater.aggregate.Decider;
import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.ordering.OrderId;
import dev.headwater.examples.shop.payment.PaymentCommand.ProcessPayment;
import dev.headwater.examples.shop.payment.PaymentCommand.RefundPayment;
import dev.headwater.examples.shop.payment.PaymentCommand.SettlePayment;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentCompleted;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentFailed;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentGivenUp;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentPending;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentRefunded;
import dev.headwater.examples.shop.payment.PaymentState.Status;
import java.util.List;

/** The rules of payment: an order is paid once, and refunded once if it was paid. */
public final class PaymentDecider implements Decider<PaymentCommand, PaymentState, PaymentEvent> {

    private final PaymentRules rules;

    public PaymentDecider(PaymentRules rules) {
        this.rules = rules;
    }

    @Override
    public PaymentState initial() {
        return PaymentState.NONE;
    }

    @Override
    public List<PaymentEvent> decide(PaymentCommand command, PaymentState state) {
        var id = command.orderId();
        return switch (command) {
            case ProcessPayment process
            when state.status() == Status.NONE ->
                List.of(
                        rules.isLate(process.ordinal())
                                ? new PaymentPending(id, process.amount())
                                : outcome(id, process.amount()));
            case SettlePayment settle when state.isOpen() -> List.of(outcome(id, state.amount()));
            case RefundPayment refund
            when state.status() == Status.COMPLETED -> List.of(new PaymentRefunded(id, state.amount()));
            case RefundPayment tooEarly when state.status() == Status.PENDING -> List.of(new PaymentGivenUp(id));
            case ProcessPayment again -> List.of();
            case SettlePayment again -> List.of();
            case RefundPayment nothingToUndo -> List.of();
        };
    }

    @Override
    public PaymentState evolve(PaymentState state, PaymentEvent event) {
        return switch (event) {
            case PaymentPending(var id, var amount) -> new PaymentState(Status.PENDING, amount);
            case PaymentGivenUp givenUp -> new PaymentState(Status.GIVEN_UP, state.amount());
            case PaymentCompleted(var id, var amount) -> new PaymentState(Status.COMPLETED, amount);
            case PaymentFailed failed -> new PaymentState(Status.FAILED, state.amount());
            case PaymentRefunded refunded -> new PaymentState(Status.REFUNDED, state.amount());
        };
    }

    private PaymentEvent outcome(OrderId id, Money amount) {
        return amount.isMoreThan(rules.creditLimit())
                ? new PaymentFailed(
                        id,
                        "the total " + amount.amount() + " is over the limit of "
                                + rules.creditLimit().amount())
                : new PaymentCompleted(id, amount);
    }
}
