package dev.headwater.examples.shop.ordering;

import java.util.Collection;

/** One line of an order or of a return: so many pieces of an article at a price each. */
public record OrderItem(String stockCode, String description, long quantity, Money unitPrice) {

    public Money total() {
        return unitPrice.times(quantity);
    }

    public static Money totalOf(Collection<OrderItem> items) {
        return items.stream().map(OrderItem::total).reduce(Money.ZERO, Money::plus);
    }
}
