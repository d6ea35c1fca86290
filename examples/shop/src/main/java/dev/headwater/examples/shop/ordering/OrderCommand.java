package dev.headwater.examples.shop.ordering;

import dev.headwater.Command;
import dev.headwater.MessageType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What can be asked of an order; the answer is the order's status afterwards. An order that has been shipped, or
 * cancelled, as it is asked to be stays as it is.
 */
public sealed interface OrderCommand extends Command<OrderStatus> {

    OrderId orderId();

    @MessageType("order.create")
    record CreateOrder(
            OrderId orderId,
            Optional<CustomerId> customerId,
            String country,
            List<OrderItem> items,
            OptionalInt ordinal)
            implements OrderCommand {}

    @MessageType("order.place")
    record PlaceOrder(OrderId orderId) implements OrderCommand {}

    @MessageType("order.ship")
    record ShipOrder(OrderId orderId, String trackingNumber) implements OrderCommand {}

    @MessageType("order.cancel")
    record CancelOrder(OrderId orderId, CancelReason reason) implements OrderCommand {}
}
