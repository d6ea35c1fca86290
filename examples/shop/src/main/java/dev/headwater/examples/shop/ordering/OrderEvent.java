package dev.headwater.examples.shop.ordering;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What happens to an order. A guest's order has no customer; an order that was not imported has no ordinal. */
public sealed interface OrderEvent extends DomainEvent {

    OrderId orderId();

    /**
     * Somebody orders something.
     *
     * @param ordinal the place of the order among those that were imported with it, from 1
     */
    @MessageType(value = "order.created", version = 2)
    record OrderCreated(
            OrderId orderId,
            Optional<CustomerId> customerId,
            String country,
            List<OrderItem> items,
            Money total,
            OptionalInt ordinal)
            implements OrderEvent {}

    @MessageType("order.placed")
    record OrderPlaced(OrderId orderId, Optional<CustomerId> customerId, Money total) implements OrderEvent {}

    /** Carries country and total, so that whoever counts sales needs no other event. */
    @MessageType("order.shipped")
    record OrderShipped(OrderId orderId, String country, Money total, String trackingNumber) implements OrderEvent {}

    @MessageType("order.cancelled")
    record OrderCancelled(OrderId orderId, CancelReason reason) implements OrderEvent {}
}
