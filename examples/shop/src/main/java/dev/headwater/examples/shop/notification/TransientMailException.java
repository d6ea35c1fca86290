package dev.headwater.examples.shop.notification;

import dev.headwater.examples.shop.ordering.OrderId;

/** The mail server was busy; it is likely to take the same mail later. */
public final class TransientMailException extends Exception {

    private static final long serialVersionUID = 1L;

    TransientMailException(OrderId orderId) {
        super("The mail server was too busy to take the confirmation of order " + orderId);
    }
}
