package dev.headwater.examples.shop;

import java.util.Locale;

/** How the order process is written; what becomes of the orders is the same. */
enum ProcessStyle {
    /** As plain Java. */
    CODE("$shop.order-"),
    /** As a table of stages and events. */
    TABLE("$shop.order_table-"),
    /** As services that react to each other. */
    CHOREOGRAPHY("$payment.reactions-");

    private final String streams;

    ProcessStyle(String streams) {
        this.streams = streams;
    }

    /** How the names of streams begin that hold what this style has sent. */
    String streams() {
        return streams;
    }

    /** As it is given on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
