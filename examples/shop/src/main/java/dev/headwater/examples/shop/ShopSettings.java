package dev.headwater.examples.shop;

import dev.headwater.examples.shop.inventory.InventoryRules;
import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.payment.PaymentRules;
import java.time.Duration;
import java.util.Optional;

/**
 * What a shop goes by; the same in every process that shares a database.
 *
 * @param timeLimit how long the order process waits for the answer of a service that has been asked
 * @param latency how long payment, inventory and shipping take for everything
 * @param instanceName under which name this process shares the work, when whoever had it before is dead for sure
 */
record ShopSettings(
        ProcessStyle process,
        PaymentRules payment,
        InventoryRules inventory,
        Duration timeLimit,
        Duration latency,
        Optional<String> instanceName) {

    private static final int MILLIS_DIGITS = 3;

    static ShopSettings of(Options options) {
        return new ShopSettings(
                options.process,
                new PaymentRules(new Money(options.creditLimit), options.late),
                new InventoryRules(options.maxLineQuantity, options.late),
                Duration.ofMillis(
                        options.timeLimit.movePointRight(MILLIS_DIGITS).longValue()),
                Duration.ofMillis(options.latency),
                Optional.empty());
    }

    /** The same for a process of this name. */
    ShopSettings named(Optional<String> instance) {
        return new ShopSettings(process, payment, inventory, timeLimit, latency, instance);
    }
}
