package dev.headwater.examples.shop.ordering;

import dev.headwater.Command;
import java.util.List;
import java.util.Optional;

/** What can be asked of an order; the answer is the order's status afterwards. */
public sealed interface OrderCommand extends Command<OrderStatus> {

    OrderId orderId();

    record CreateOrder(OrderId orderId, Optional<CustomerId> customerId, String country, List<OrderItem> items)
            implements OrderCommand {}

    record PlaceOrder(OrderId orderId) implements OrderCommand {}

    record ShipOrder(OrderId orderId, String trackingNumber) implements OrderCommand {}
}
