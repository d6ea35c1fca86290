package dev.headwater.examples.shop.payment;

import dev.headwater.examples.shop.payment.PaymentCommand.SettlePayment;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentGivenUp;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentOutcome;
import dev.headwater.workflow.Policy;
import java.time.Duration;

/** The provider in its slow moments: it answers a second after everybody has stopped waiting. */
public final class PaymentProvider {

    private static final Duration TOO_LATE_BY = Duration.ofSeconds(1);

    private PaymentProvider() {}

    /** Settles what was given up. */
    public static Policy policy() {
        return Policy.named("payment.provider")
                .whenever(PaymentGivenUp.class, event -> event.orderId().value())
                .unless(PaymentOutcome.class, event -> event.orderId().value())
                .within(TOO_LATE_BY)
                .send(SettlePayment.class, givenUp -> new SettlePayment(givenUp.orderId()))
                .build();
    }
}
