package dev.headwater.examples.shop.notification;

/** There is nowhere to send a mail to, which does not change by trying again. */
public final class UnknownAddressException extends Exception {

    private static final long serialVersionUID = 1L;

    UnknownAddressException(OrderConfirmation confirmation) {
        super("The address of "
                + confirmation.customerId().map(id -> "customer " + id).orElse("the guest") + ", who placed order "
                + confirmation.orderId() + ", is not known");
    }
}
