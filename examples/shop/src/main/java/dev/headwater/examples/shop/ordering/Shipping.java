package dev.headwater.examples.shop.ordering;

import dev.headwater.Envelope;
import dev.headwater.bus.CommandBus;
import dev.headwater.examples.shop.ordering.OrderCommand.ShipOrder;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderPlaced;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Reactor;

/** The warehouse: ships every order that is placed, at once. */
public final class Shipping implements Reactor {

    private final CommandBus commands;

    public Shipping(CommandBus commands) {
        this.commands = commands;
    }

    @Override
    public void react(StoredEvent event) {
        if (event.event() instanceof OrderPlaced placed) {
            var id = placed.orderId();
            try {
                commands.send(Envelope.of(new ShipOrder(id, "HW-" + id)).withTime(event.time()));
            } catch (OrderRuleException e) {
                // A reactor sees an event again when it was interrupted before its checkpoint moved.
                if (e.status() != OrderStatus.SHIPPED) {
                    throw e;
                }
            }
        }
    }
}
