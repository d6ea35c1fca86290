package dev.headwater.examples.shop.ordering;

/** A rule of ordering forbids a command; the order is unchanged. */
public final class OrderRuleException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final OrderStatus status;

    OrderRuleException(OrderId orderId, OrderStatus status, String rule) {
        super(rule + ": order " + orderId + " is " + (status == OrderStatus.NONE ? "unknown" : status.name()));
        this.status = status;
    }

    /** The status that the order has. */
    public OrderStatus status() {
        return status;
    }
}
