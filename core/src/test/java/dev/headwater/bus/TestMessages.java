package dev.headwater.bus;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.IntegrationEvent;
import dev.headwater.Notification;

/** Messages of every kind, for the tests of this package. */
final class TestMessages {

    private TestMessages() {}

    sealed interface OrderEvent extends DomainEvent {
        String orderId();
    }

    record OrderPlaced(String orderId, int number) implements OrderEvent {
        OrderPlaced(String orderId) {
            this(orderId, 0);
        }
    }

    record OrderShipped(String orderId) implements OrderEvent {}

    record OrderClosed(String orderId) implements OrderEvent {}

    record StockRanLow(String article) implements Notification {}

    record OrderConfirmed(String orderId) implements IntegrationEvent {}

    record PlaceOrder(String orderId) implements Command<String> {}
}
