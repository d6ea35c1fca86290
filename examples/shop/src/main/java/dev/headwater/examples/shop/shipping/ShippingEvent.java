package dev.headwater.examples.shop.shipping;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.examples.shop.ordering.OrderId;

/** What happens to the parcel of an order. */
public sealed interface ShippingEvent extends DomainEvent {

    OrderId orderId();

    @MessageType("shipment.created")
    record ShipmentCreated(OrderId orderId, String country, String trackingNumber) implements ShippingEvent {}
}
