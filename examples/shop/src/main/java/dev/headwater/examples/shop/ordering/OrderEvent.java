package dev.headwater.examples.shop.ordering;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import java.util.List;
import java.util.Optional;

/** What happens to an order. A guest's order has no customer. */
public sealed interface OrderEvent extends DomainEvent {

    OrderId orderId();

    @MessageType(value = "order.created", version = 2)
    record OrderCreated(
            OrderId orderId, Optional<CustomerId> customerId, String country, List<OrderItem> items, Money total)
            implements OrderEvent {}

    @MessageType("order.placed")
    record OrderPlaced(OrderId orderId, Optional<CustomerId> customerId, Money total) implements OrderEvent {}

    /** Carries country and total, so that whoever counts sales needs no other event. */
    @MessageType("order.shipped")
    record OrderShipped(OrderId orderId, String country, Money total, String trackingNumber) implements OrderEvent {}
}
