package dev.headwater.examples.shop.inventory;

import dev.headwater.examples.shop.inventory.InventoryCommand.SettleReservation;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryGivenUp;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryOutcome;
import dev.headwater.workflow.Policy;
import java.time.Duration;

/** The warehouse in its slow moments: it answers a second after everybody has stopped waiting. */
public final class Warehouse {

    private static final Duration TOO_LATE_BY = Duration.ofSeconds(1);

    private Warehouse() {}

    /** Settles what was given up. */
    public static Policy policy() {
        return Policy.named("inventory.warehouse")
                .whenever(InventoryGivenUp.class, event -> event.orderId().value())
                .unless(InventoryOutcome.class, event -> event.orderId().value())
                .within(TOO_LATE_BY)
                .send(SettleReservation.class, givenUp -> new SettleReservation(givenUp.orderId()))
                .build();
    }
}
