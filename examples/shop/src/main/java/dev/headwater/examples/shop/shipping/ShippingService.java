package dev.headwater.examples.shop.shipping;

import dev.headwater.Envelope;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import java.util.function.Consumer;

/** Sends off the parcels of orders. Thread-safe. */
public final class ShippingService {

    /** The category of the streams that hold what happens here. */
    public static final String CATEGORY = "shipment";

    private final DeciderRepository<ShippingCommand, Boolean, ShippingEvent> orders;

    public ShippingService(EventStore store) {
        this.orders = DeciderRepository.of(store, CATEGORY, ShippingEvent.class, new ShippingDecider());
    }

    /** Carries out a command, once however often it comes. */
    public void carryOut(Envelope<ShippingCommand> command) {
        orders.execute(command.message().orderId().value(), command);
    }

    /** Folds everything that has happened for an order again. */
    public void replay(String orderId, Consumer<? super StoredEvent> before) {
        orders.replay(orderId, before);
    }
}
