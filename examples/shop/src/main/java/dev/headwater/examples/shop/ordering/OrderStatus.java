package dev.headwater.examples.shop.ordering;

/** How far an order has come. */
public enum OrderStatus {
    /** There is no such order yet. */
    NONE,
    DRAFT,
    PLACED,
    SHIPPED,
    CANCELLED
}
