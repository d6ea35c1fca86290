package dev.headwater.examples.shop;

import dev.headwater.Message;
import dev.headwater.examples.shop.importing.ImportEvent;
import dev.headwater.examples.shop.inventory.InventoryCommand;
import dev.headwater.examples.shop.inventory.InventoryEvent;
import dev.headwater.examples.shop.ordering.OrderCommand;
import dev.headwater.examples.shop.ordering.OrderEvent;
import dev.headwater.examples.shop.payment.PaymentCommand;
import dev.headwater.examples.shop.payment.PaymentEvent;
import dev.headwater.examples.shop.returns.ReturnEvent;
import dev.headwater.examples.shop.shipping.ShippingCommand;
import dev.headwater.examples.shop.shipping.ShippingEvent;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The services of the shop, which run in one process, or in one each. */
enum Service {
    ORDERING,
    PAYMENT,
    INVENTORY,
    SHIPPING,
    NOTIFICATION,
    ANALYTICS;

    /** The types of what it says. */
    Set<String> events() {
        return switch (this) {
            case ORDERING -> names(List.of(OrderEvent.class, ReturnEvent.class, ImportEvent.class));
            case PAYMENT -> names(List.of(PaymentEvent.class));
            case INVENTORY -> names(List.of(InventoryEvent.class));
            case SHIPPING -> names(List.of(ShippingEvent.class));
            case NOTIFICATION, ANALYTICS -> Set.of();
        };
    }

    /** The types of what can be asked of it. */
    Set<String> commands() {
        return switch (this) {
            case ORDERING -> names(List.of(OrderCommand.class));
            case PAYMENT -> names(List.of(PaymentCommand.class));
            case INVENTORY -> names(List.of(InventoryCommand.class));
            case SHIPPING -> names(List.of(ShippingCommand.class));
            case NOTIFICATION, ANALYTICS -> Set.of();
        };
    }

    private static Set<String> names(List<Class<? extends Message>> types) {
        return types.stream().flatMap(type -> Shop.TYPES.namesOf(type).stream()).collect(Collectors.toSet());
    }

    /** Whether it decides something, and so has events and commands. */
    boolean decides() {
        return !events().isEmpty();
    }

    /** As people read it; it names the schema too. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
