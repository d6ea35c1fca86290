package dev.headwater.examples.shop;

import dev.headwater.Command;
import dev.headwater.bus.MessageHandler;
import dev.headwater.command.CommandDelivery;
import dev.headwater.examples.shop.inventory.InventoryCommand;
import dev.headwater.examples.shop.inventory.InventoryService;
import dev.headwater.examples.shop.ordering.OrderCommand;
import dev.headwater.examples.shop.ordering.OrderDesk;
import dev.headwater.examples.shop.payment.PaymentCommand;
import dev.headwater.examples.shop.payment.PaymentService;
import dev.headwater.examples.shop.shipping.ShippingCommand;
import dev.headwater.examples.shop.shipping.ShippingService;
import dev.headwater.store.EventStore;
import dev.headwater.store.SnapshotStore;
import dev.headwater.subscription.Subscription;
import java.time.Duration;
import java.util.List;

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

    /** What brings the commands; those of an order one after the other, and those of different orders side by side. */
    <T> List<Subscription<T>> deliveries() {
        return List.of(
                delivery("ordering")
                        .toHandler(
                                OrderCommand.class, command -> command.orderId().value(), ordering::carryOut)
                        .build(),
                delivery("payment")
                        .toHandler(
                                PaymentCommand.class,
                                command -> command.orderId().value(),
                                slowly(payment::carryOut))
                        .build(),
                delivery("inventory")
                        .toHandler(
                                InventoryCommand.class,
                                command -> command.orderId().value(),
                                slowly(inventory::carryOut))
                        .build(),
                delivery("shipping")
                        .toHandler(
                                ShippingCommand.class,
                                command -> command.orderId().value(),
                                slowly(shipping::carryOut))
                        .build());
    }

    private static CommandDelivery.Builder delivery(String name) {
        return CommandDelivery.named(name, Shop.TYPES);
    }

    /** A service that takes its time for everything; who is interrupted meanwhile has done nothing yet. */
    private <C extends Command<?>> MessageHandler<C> slowly(MessageHandler<C> service) {
        return command -> {
            Thread.sleep(latency);
            service.handle(command);
        };
    }
}
