package dev.headwater.examples.shop.payment;

import dev.headwater.examples.shop.ordering.Money;
import java.util.OptionalInt;

/**
 * How the provider behaves.
 *
 * @param creditLimit the highest amount that it pays
 * @param lateEvery it answers late where the ordinal of an order is divisible by this; never when it is 0
 */
public record PaymentRules(Money creditLimit, int lateEvery) {

    boolean isLate(OptionalInt ordinal) {
        return lateEvery > 0 && ordinal.isPresent() && ordinal.getAsInt() % lateEvery == 0;
    }
}
