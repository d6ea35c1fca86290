package dev.headwater.examples.shop.ordering;

/** Why an order was cancelled. */
public enum CancelReason {
    /** The payment was declined. */
    PAYMENT,
    /** There was not enough of something. */
    INVENTORY,
    /** Payment or inventory took too long to answer. */
    LATE
}
