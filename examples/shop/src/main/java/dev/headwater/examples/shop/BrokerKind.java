package dev.headwater.examples.shop;

import java.util.Locale;

/** What carries the topics between the services. */
enum BrokerKind {
    POSTGRES,
    KAFKA;

    /** As it is given on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
