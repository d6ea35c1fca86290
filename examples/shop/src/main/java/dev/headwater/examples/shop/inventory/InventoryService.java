package dev.headwater.examples.shop.inventory;

import dev.headwater.Envelope;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import java.util.function.Consumer;

/** Reserves goods for orders, and releases them. Thread-safe. */
public final class InventoryService {

    /** The category of the streams that hold what happens here. */
    public static final String CATEGORY = "inventory";

    private final DeciderRepository<InventoryCommand, InventoryState, InventoryEvent> orders;

    public InventoryService(EventStore store, InventoryRules rules) {
        this.orders = DeciderRepository.of(store, CATEGORY, InventoryEvent.class, new InventoryDecider(rules));
    }

    /** Carries out a command, once however often it comes. */
    public void carryOut(Envelope<InventoryCommand> command) {
        orders.execute(command.message().orderId().value(), command);
    }

    /** Folds everything that has happened for an order again. */
    public void replay(String orderId, Consumer<? super StoredEvent> before) {
        orders.replay(orderId, before);
    }
}
