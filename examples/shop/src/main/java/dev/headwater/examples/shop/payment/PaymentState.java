package dev.headwater.examples.shop.payment;

import dev.headwater.examples.shop.ordering.Money;

/** How far the payment of an order has come. */
record PaymentState(Status status, Money amount) {

    enum Status {
        NONE,
        PENDING,
        GIVEN_UP,
        COMPLETED,
        FAILED,
        REFUNDED
    }

    static final PaymentState NONE = new PaymentState(Status.NONE, Money.ZERO);

    /** Whether the provider has been asked and not answered yet. */
    boolean isOpen() {
        return status == Status.PENDING || status == Status.GIVEN_UP;
    }
}
