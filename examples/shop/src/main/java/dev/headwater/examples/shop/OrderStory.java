package dev.headwater.examples.shop;

import dev.headwater.DomainEvent;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryFailed;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryGivenUp;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryPending;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryReleased;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryReserved;
import dev.headwater.examples.shop.inventory.InventoryService;
import dev.headwater.examples.shop.ordering.OrderDesk;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCancelled;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderPlaced;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderShipped;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentCompleted;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentFailed;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentGivenUp;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentPending;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentRefunded;
import dev.headwater.examples.shop.payment.PaymentService;
import dev.headwater.examples.shop.shipping.ShippingEvent.ShipmentCreated;
import dev.headwater.examples.shop.shipping.ShippingService;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What has happened to an order in all services, for people. */
final class OrderStory {

    private OrderStory() {}

    /** A line for each event, in the order of the log; none when there is no such order. */
    static List<String> of(EventStore store, String orderId) {
        return Stream.of(
                        OrderDesk.CATEGORY,
                        PaymentService.CATEGORY,
                        InventoryService.CATEGORY,
                        ShippingService.CATEGORY)
                .flatMap(category -> store.readStream(StreamId.of(category, orderId)).toList().stream())
                .sorted(Comparator.comparingLong(StoredEvent::position))
                .map(stored -> stored.time() + "  " + inWords(stored.event()))
                .toList();
    }

    private static String inWords(DomainEvent event) {
        return switch (event) {
            case OrderCreated created ->
                String.format(
                        Locale.ROOT,
                        "ordering   created for %s: %,d lines, %s",
                        created.country(),
                        created.items().size(),
                        created.total().amount().toPlainString());
            case OrderPlaced placed -> "ordering   placed";
            case PaymentPending pending -> "payment    has asked the provider, who takes time";
            case PaymentGivenUp givenUp -> "payment    hears that nobody waits any more";
            case PaymentCompleted completed ->
                "payment    completed: " + completed.amount().amount().toPlainString();
            case PaymentFailed failed -> "payment    declined: " + failed.reason();
            case PaymentRefunded refunded ->
                "payment    refunded: " + refunded.amount().amount().toPlainString();
            case InventoryPending pending -> "inventory  has sent somebody to look, who takes time";
            case InventoryGivenUp givenUp -> "inventory  hears that nobody waits any more";
            case InventoryReserved reserved ->
                String.format(Locale.ROOT, "inventory  reserved: %,d pieces", reserved.pieces());
            case InventoryFailed failed -> "inventory  failed: " + failed.reason();
            case InventoryReleased released ->
                String.format(Locale.ROOT, "inventory  released: %,d pieces", released.pieces());
            case ShipmentCreated shipment -> "shipping   has made a parcel: " + shipment.trackingNumber();
            case OrderShipped shipped -> "ordering   shipped";
            case OrderCancelled cancelled ->
                "ordering   cancelled: " + cancelled.reason().name().toLowerCase(Locale.ROOT);
            default -> event.getClass().getSimpleName();
        };
    }
}
