package dev.headwater.examples.shop.ordering;

import java.util.Optional;

/** As much of an order as its rules need; the lines are not among it, which keeps snapshots small. */
public record OrderState(OrderStatus status, Optional<CustomerId> customerId, String country, Money total) {

    static final OrderState NONE = new OrderState(OrderStatus.NONE, Optional.empty(), "", Money.ZERO);

    OrderState with(OrderStatus newStatus) {
        return new OrderState(newStatus, customerId, country, total);
    }
}
