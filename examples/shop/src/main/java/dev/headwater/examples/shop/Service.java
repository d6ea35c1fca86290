package dev.headwater.examples.shop;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
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
import java.util.TreeSet;

/** The services of the shop, which run in one process, or in one each. */
enum Service {
    ORDERING(List.of(OrderEvent.class, ReturnEvent.class, ImportEvent.class), List.of(OrderCommand.class)),
    PAYMENT(List.of(PaymentEvent.class), List.of(PaymentCommand.class)),
    INVENTORY(List.of(InventoryEvent.class), List.of(InventoryCommand.class)),
    SHIPPING(List.of(ShippingEvent.class), List.of(ShippingCommand.class)),
    NOTIFICATION(List.of(), List.of()),
    ANALYTICS(List.of(), List.of());

    private final Set<String> events = new TreeSet<>();
    private final Set<String> commands = new TreeSet<>();

    Service(List<Class<? extends DomainEvent>> events, List<Class<? extends Command<?>>> commands) {
        events.forEach(type -> this.events.addAll(Shop.TYPES.namesOf(type)));
        commands.forEach(type -> this.commands.addAll(Shop.TYPES.namesOf(type)));
    }

    /** The types of what it says. */
    Set<String> events() {
        return events;
    }

    /** The types of what can be asked of it. */
    Set<String> commands() {
        return commands;
    }

    /** Whether it decides something, and so has events and commands. */
    boolean decides() {
        return !events.isEmpty();
    }

    /** As people read it; it names the schema too. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
