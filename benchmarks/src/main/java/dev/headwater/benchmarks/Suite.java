package dev.headwater.benchmarks;

import java.util.Locale;

/** What can be measured on its own. */
enum Suite {
    APPEND,
    READ,
    AGGREGATE,
    EVOLUTION,
    SUBSCRIPTIONS,
    STRESS,
    ALL;

    boolean includes(Suite other) {
        return this == other || this == ALL;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
