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
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
            case ORDERING -> names(OrderEvent.class, ReturnEvent.class, ImportEvent.class);
            case PAYMENT -> names(PaymentEvent.class);
            case INVENTORY -> names(InventoryEvent.class);
            case SHIPPING -> names(ShippingEvent.class);
            case NOTIFICATION, ANALYTICS -> Set.of();
        };
    }

    /** The types of what can be asked of it. */
    Set<String> commands() {
        return switch (this) {
            case ORDERING -> names(OrderCommand.class);
            case PAYMENT -> names(PaymentCommand.class);
            case INVENTORY -> names(InventoryCommand.class);
            case SHIPPING -> names(ShippingCommand.class);
            case NOTIFICATION, ANALYTICS -> Set.of();
        };
    }

    @SafeVarargs
    private static Set<String> names(Class<? extends Message>... types) {
        return Stream.of(types)
                .flatMap(type -> Shop.TYPES.namesOf(type).stream())
                .collect(Collectors.toSet());
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
