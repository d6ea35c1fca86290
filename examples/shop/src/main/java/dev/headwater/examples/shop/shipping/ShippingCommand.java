package dev.headwater.examples.shop.shipping;

import dev.headwater.Command;
import dev.headwater.MessageType;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.ordering.OrderId;

/** What can be asked of shipping. Asked again, it does nothing. */
public sealed interface ShippingCommand extends Command<Void> {

    OrderId orderId();

    /** Asks for a parcel to a country; a {@link ShippingEvent.ShipmentCreated} follows. */
    @MessageType("shipment.create")
    record CreateShipment(OrderId orderId, String country) implements ShippingCommand {

        public static CreateShipment of(OrderCreated order) {
            return new CreateShipment(order.orderId(), order.country());
        }
    }
}
