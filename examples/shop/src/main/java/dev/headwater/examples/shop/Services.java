package dev.headwater.examples.shop;

import dev.headwater.Command;
import dev.headwater.bus.MessageHandler;
import dev.headwater.command.CommandDelivery;
import dev.headwater.examples.shop.inventory.InventoryCommand;
import dev.headwater.examples.shop.inventory.InventoryService;
import dev.headwater.examples.shop.ordering.OrderCommand;
import dev.headwater.examples.shop.ordering.OrderDesk;
import dev.headwater.examples.shop.ordering.OrderId;
import dev.headwater.examples.shop.payment.PaymentCommand;
import dev.headwater.examples.shop.payment.PaymentService;
import dev.headwater.examples.shop.shipping.ShippingCommand;
import dev.headwater.examples.shop.shipping.ShippingService;
import dev.headwater.store.EventStore;
import dev.headwater.store.SnapshotStore;
import dev.headwater.subscription.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The services that carry out commands, each with a subscription that brings them there from the log. */
final class Services {

    private final OrderDesk ordering;
    private final PaymentService payment;
    private final InventoryService inventory;
    private final ShippingService shipping;
    private final Duration latency;

    Services(EventStore store, SnapshotStore snapshots, ShopSettings settings) {
        this.ordering = new OrderDesk(store, snapshots);
        this.payment = new PaymentService(store, settings.payment());
        this.inventory = new InventoryService(store, settings.inventory());
        this.shipping = new ShippingService(store);
        this.latency = settings.latency();
    }

    OrderDesk ordering() {
        return ordering;
    }

    /** What brings the commands to all of them. */
    <T> List<Subscription<T>> deliveries() {
        return Stream.of(Service.values())
                .flatMap(service -> this.<T>delivery(service).stream())
                .toList();
    }

    /**
     * What brings the commands to a service, if it takes any; those of an order one after the other, and those of
     * different orders side by side.
     */
    <T> Optional<Subscription<T>> delivery(Service service) {
        return switch (service) {
            case ORDERING -> delivery(service, OrderCommand.class, OrderCommand::orderId, ordering::carryOut);
            case PAYMENT -> delivery(service, PaymentCommand.class, PaymentCommand::orderId, slowly(payment::carryOut));
            case INVENTORY ->
                delivery(service, InventoryCommand.class, InventoryCommand::orderId, slowly(inventory::carryOut));
            case SHIPPING ->
                delivery(service, ShippingCommand.class, ShippingCommand::orderId, slowly(shipping::carryOut));
            case NOTIFICATION, ANALYTICS -> Optional.empty();
        };
    }

    private static <T, C extends Command<?>> Optional<Subscription<T>> delivery(
            Service service, Class<C> type, Function<C, OrderId> order, MessageHandler<C> handler) {
        return Optional.of(CommandDelivery.named(service.toString(), Shop.TYPES)
                .toHandler(type, command -> order.apply(command).value(), handler)
                .build());
    }

    /** A service that takes its time for everything; who is interrupted meanwhile has done nothing yet. */
    private <C extends Command<?>> MessageHandler<C> slowly(MessageHandler<C> service) {
        return command -> {
            Thread.sleep(latency);
            service.handle(command);
        };
    }
}
