package dev.headwater.examples.shop.analytics;

import java.math.BigDecimal;

/** Amounts as people and programs read them. */
final class Amounts {

    private static final int DECIMALS = 2;

    private Amounts() {}

    /** The exact amount with two decimals, or as many as it needs, whatever the scales of what was added up. */
    static BigDecimal normal(BigDecimal amount) {
        var shortest = amount.stripTrailingZeros();
        return shortest.scale() < DECIMALS ? shortest.setScale(DECIMALS) : shortest;
    }

    static String plain(BigDecimal amount) {
        return normal(amount).toPlainString();
    }
}
