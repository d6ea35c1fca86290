package dev.headwater.examples.shop.inventory;

import java.util.OptionalInt;

/**
 * What is there, and how the warehouse behaves.
 *
 * @param maxLineQuantity the most pieces of an article that one line of an order can have
 * @param lateEvery it answers late where the ordinal of an order leaves 1 when divided by this; never when it is 0
 */
public record InventoryRules(long maxLineQuantity, int lateEvery) {

    boolean isLate(OptionalInt ordinal) {
        return lateEvery > 0 && ordinal.isPresent() && ordinal.getAsInt() % lateEvery == 1;
    }
}
