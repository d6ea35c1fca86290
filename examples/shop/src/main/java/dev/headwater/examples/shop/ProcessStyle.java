package dev.headwater.examples.shop;

import java.util.Locale;

/** How the order process is written; what becomes of the orders is the same. */
enum ProcessStyle {
    /** As plain Java. */
    CODE,
    /** As a table of stages and events. */
    TABLE,
    /** As services that react to each other. */
    CHOREOGRAPHY;

    /** As it is given on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
