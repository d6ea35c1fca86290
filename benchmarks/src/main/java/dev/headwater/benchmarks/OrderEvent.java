package dev.headwater.benchmarks;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What happens to an order, from the first item in the basket to the delivery. */
sealed interface OrderEvent extends DomainEvent {

    /** A line of an order that has been placed. */
    record Line(String sku, int quantity, BigDecimal unitPrice) {}

    @MessageType("order.item-added")
    record ItemAdded(
            UUID orderId,
            String customerId,
            String sku,
            String description,
            int quantity,
            BigDecimal unitPrice,
            String currency,
            String warehouse)
            implements OrderEvent {}

    @MessageType("order.placed")
    record OrderPlaced(
            UUID orderId, String customerId, List<Line> lines, BigDecimal total, String currency, String country)
            implements OrderEvent {}

    @MessageType("order.payment-received")
    record PaymentReceived(
            UUID orderId, UUID paymentId, String method, BigDecimal amount, String currency, String authorisation)
            implements OrderEvent {}

    @MessageType("order.picked")
    record OrderPicked(UUID orderId, String warehouse, String picker, List<String> locations) implements OrderEvent {}

    @MessageType("order.shipped")
    record OrderShipped(UUID orderId, String carrier, String trackingNumber, String street, String city, String country)
            implements OrderEvent {}

    @MessageType("order.delivered")
    record OrderDelivered(UUID orderId, String carrier, String trackingNumber, Instant deliveredAt, String signedBy)
            implements OrderEvent {}
}
