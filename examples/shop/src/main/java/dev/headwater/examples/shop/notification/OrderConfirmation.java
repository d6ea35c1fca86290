package dev.headwater.examples.shop.notification;

import dev.headwater.Notification;
import dev.headwater.examples.shop.ordering.CustomerId;
import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.ordering.OrderId;
import java.util.Optional;

/** Tells a customer that an order has been placed. */
public record OrderConfirmation(OrderId orderId, Optional<CustomerId> customerId, Money total)
        implements Notification {}
