package dev.headwater.examples.shop.shipping;

import dev.headwater.aggregate.Decider;
import dev.headwater.examples.shop.shipping.ShippingCommand.CreateShipment;
import dev.headwater.examples.shop.shipping.ShippingEvent.ShipmentCreated;
import java.util.List;

/** The rules of shipping: an order gets one parcel. The state is whether it has it. */
public final class ShippingDecider implements Decider<ShippingCommand, Boolean, ShippingEvent> {

    @Override
    public Boolean initial() {
        return false;
    }

    @Override
    public List<ShippingEvent> decide(ShippingCommand command, Boolean shipped) {
        return switch (command) {
            case CreateShipment(var id, var country) ->
                shipped ? List.of() : List.of(new ShipmentCreated(id, country, "HW-" + id));
        };
    }

    @Override
    public Boolean evolve(Boolean shipped, ShippingEvent event) {
        return switch (event) {
            case ShipmentCreated created -> true;
        };
    }
}
