package dev.headwater.examples.shop.payment;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PaymentDeciderTest {

    private static final OrderId ID = new OrderId("4711");
    private static final Money LIMIT = Money.of("1000");
    private static final PaymentEvent COMPLETED = new PaymentCompleted(ID, LIMIT);
    private static final PaymentEvent PENDING = new PaymentPending(ID, LIMIT);
    private static final PaymentEvent REFUNDED = new PaymentRefunded(ID, LIMIT);

    private final PaymentDecider decider = new PaymentDecider(new PaymentRules(LIMIT, 7));

    @Test
    void aTotalUpToTheLimitIsPaidAndOneAboveIsDeclined() {
        assertThat(decide(process(LIMIT, 1))).containsExactly(COMPLETED);
        assertThat(decide(process(Money.of("1000.00"), 1)))
                .containsExactly(new PaymentCompleted(ID, Money.of("1000.00")));
        assertThat(decide(process(Money.of("1000.001"), 1)))
                .containsExactly(new PaymentFailed(ID, "the total 1000.001 is over the limit of 1000"));
    }

    @Test
    void theAnswerIsPendingWhereTheOrdinalIsDivisible() {
        assertThat(decide(process(LIMIT, 6))).containsExactly(COMPLETED);
        assertThat(decide(process(LIMIT, 7))).containsExactly(PENDING);
        assertThat(decide(process(LIMIT, 8))).containsExactly(COMPLETED);
        assertThat(decide(process(LIMIT, 14))).containsExactly(PENDING);
        assertThat(decide(new ProcessPayment(ID, LIMIT, OptionalInt.empty()))).containsExactly(COMPLETED);
        var never = new PaymentDecider(new PaymentRules(LIMIT, 0));
        assertThat(never.decide(process(LIMIT, 7), never.initial())).containsExactly(COMPLETED);
    }

    @Test
    void whatWasPendingIsSettledOnceByTheSameRule() {
        assertThat(decide(new SettlePayment(ID), PENDING)).containsExactly(COMPLETED);
        assertThat(decide(new SettlePayment(ID), new PaymentPending(ID, Money.of("1001"))))
                .hasOnlyElementsOfType(PaymentFailed.class);
        assertThat(decide(new SettlePayment(ID), PENDING, new PaymentGivenUp(ID)))
                .containsExactly(COMPLETED);
        assertThat(decide(new SettlePayment(ID), PENDING, COMPLETED)).isEmpty();
        assertThat(decide(new SettlePayment(ID))).isEmpty();
    }

    @Test
    void anOrderIsPaidOnceAndRefundedOnce() {
        assertThat(decide(process(LIMIT, 1), COMPLETED)).isEmpty();
        assertThat(decide(process(LIMIT, 1), COMPLETED, REFUNDED)).isEmpty();
        assertThat(decide(process(LIMIT, 7), PENDING)).isEmpty();
        assertThat(decide(new RefundPayment(ID), COMPLETED)).containsExactly(REFUNDED);
        assertThat(decide(new RefundPayment(ID), PENDING, new PaymentGivenUp(ID), COMPLETED))
                .containsExactly(REFUNDED);
        assertThat(decide(new RefundPayment(ID), COMPLETED, REFUNDED)).isEmpty();
    }

    @Test
    void whoHasNothingToRefundDoesNothing() {
        assertThat(decide(new RefundPayment(ID))).isEmpty();
        assertThat(decide(new RefundPayment(ID), new PaymentFailed(ID, "no"))).isEmpty();
        assertThat(decide(new RefundPayment(ID), PENDING, new PaymentGivenUp(ID)))
                .isEmpty();
    }

    @Test
    void aRefundOfWhatIsPendingSaysThatNobodyWaits() {
        assertThat(decide(new RefundPayment(ID), PENDING)).containsExactly(new PaymentGivenUp(ID));
    }

    private static ProcessPayment process(Money amount, int ordinal) {
        return new ProcessPayment(ID, amount, OptionalInt.of(ordinal));
    }

    private List<PaymentEvent> decide(PaymentCommand command, PaymentEvent... history) {
        var state = decider.initial();
        for (var event : history) {
            state = decider.evolve(state, event);
        }
        return decider.decide(command, state);
    }
}
