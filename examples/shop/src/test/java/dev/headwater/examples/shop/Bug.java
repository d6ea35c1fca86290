package dev.headwater.examples.shop;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.aggregate.Decider;
import dev.headwater.aggregate.DeciderRepository;
import dev.headwater.bus.MessageHandler;
import dev.headwater.command.CommandDelivery;
import dev.headwater.examples.shop.inventory.InventoryCommand;
import dev.headwater.examples.shop.inventory.InventoryCommand.ReleaseInventory;
import dev.headwater.examples.shop.inventory.InventoryDecider;
import dev.headwater.examples.shop.inventory.InventoryEvent;
import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.payment.PaymentCommand;
import dev.headwater.examples.shop.payment.PaymentCommand.ProcessPayment;
import dev.headwater.examples.shop.payment.PaymentCommand.RefundPayment;
import dev.headwater.examples.shop.payment.PaymentCommand.SettlePayment;
import dev.headwater.examples.shop.payment.PaymentDecider;
import dev.headwater.examples.shop.payment.PaymentEvent;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentCompleted;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentRefunded;
import dev.headwater.examples.shop.shipping.ShippingCommand;
import dev.headwater.examples.shop.shipping.ShippingCommand.CreateShipment;
import dev.headwater.examples.shop.shipping.ShippingDecider;
import dev.headwater.examples.shop.shipping.ShippingEvent;
import dev.headwater.examples.shop.shipping.ShippingEvent.ShipmentCreated;
import dev.headwater.store.EventStore;
import dev.headwater.subscription.Subscription;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;

/** A mistake that somebody could have made in a service of the shop, to see that the simulation finds it. */
enum Bug {
    /** Asked a second time, payment takes the money a second time. */
    PAYS_AGAIN,
    /** The same, except that a process remembers, for as long as it lives, what it was asked for. */
    REMEMBERS_IN_MEMORY,
    /** Payment gives back what it has never got. */
    REFUNDS_ON_SUSPICION,
    /** What payment cannot do now, it never does. */
    SWALLOWS_FAILURES,
    /** A payment that was given up is never settled. */
    FORGETS_LATE_PAYMENTS,
    /** Money that comes too late is kept. */
    KEEPS_LATE_MONEY,
    /** Goods that were reserved too late stay reserved. */
    KEEPS_LATE_GOODS,
    /** Asked a second time, shipping sends a second parcel. */
    SHIPS_AGAIN;

    private static String key(PaymentCommand command) {
        return command.orderId().value();
    }

    private static String key(InventoryCommand command) {
        return command.orderId().value();
    }

    private static String key(ShippingCommand command) {
        return command.orderId().value();
    }

    /** The services with this mistake, in one life of a process. */
    <T> List<Subscription<T>> deliveries(EventStore store, ShopSettings settings) {
        var payments = DeciderRepository.of(
                store, "payment", PaymentEvent.class, deciding(new PaymentDecider(settings.payment()), this::payment));
        var stock = DeciderRepository.of(
                store,
                "inventory",
                InventoryEvent.class,
                deciding(new InventoryDecider(settings.inventory()), this::inventory));
        var parcels = DeciderRepository.of(
                store, "shipment", ShippingEvent.class, deciding(new ShippingDecider(), this::shipping));
        Set<UUID> remembered = new HashSet<>();
        return List.of(
                CommandDelivery.named("payment", Shop.TYPES)
                        .toHandler(PaymentCommand.class, Bug::key, command -> payment(payments, command, remembered))
                        .build(),
                CommandDelivery.named("inventory", Shop.TYPES)
                        .toHandler(
                                InventoryCommand.class,
                                Bug::key,
                                command -> stock.execute(key(command.message()), command))
                        .build(),
                CommandDelivery.named("shipping", Shop.TYPES)
                        .toHandler(ShippingCommand.class, Bug::key, parcel(parcels))
                        .build());
    }

    private void payment(
            DeciderRepository<PaymentCommand, ?, PaymentEvent> payments,
            Envelope<PaymentCommand> command,
            Set<UUID> remembered) {
        var id = key(command.message());
        switch (this) {
            case PAYS_AGAIN -> payments.execute(id, command.message());
            case REMEMBERS_IN_MEMORY -> {
                if (!remembered.contains(command.id())) {
                    payments.execute(id, command.message());
                    remembered.add(command.id());
                }
            }
            case SWALLOWS_FAILURES -> {
                try {
                    payments.execute(id, command);
                } catch (RuntimeException e) {
                    return;
                }
            }
            default -> payments.execute(id, command);
        }
    }

    private MessageHandler<ShippingCommand> parcel(DeciderRepository<ShippingCommand, ?, ShippingEvent> parcels) {
        return command -> {
            var id = key(command.message());
            if (this == SHIPS_AGAIN) {
                parcels.execute(id, command.message());
            } else {
                parcels.execute(id, command);
            }
        };
    }

    /** What payment decides instead of what it should. */
    private List<PaymentEvent> payment(PaymentCommand command, List<PaymentEvent> right) {
        boolean paysAgain = this == PAYS_AGAIN || this == REMEMBERS_IN_MEMORY;
        return switch (command) {
            case ProcessPayment again
            when paysAgain && right.isEmpty() -> List.of(new PaymentCompleted(again.orderId(), again.amount()));
            case SettlePayment late when this == FORGETS_LATE_PAYMENTS -> List.of();
            case RefundPayment refund
            when this == REFUNDS_ON_SUSPICION && right.isEmpty() ->
                List.of(new PaymentRefunded(refund.orderId(), Money.of("1")));
            case RefundPayment late
            when this == KEEPS_LATE_MONEY
                    && ShopSimulation.isPaidLate(late.orderId())
                    && right.stream().anyMatch(PaymentRefunded.class::isInstance) -> List.of();
            default -> right;
        };
    }

    private List<InventoryEvent> inventory(InventoryCommand command, List<InventoryEvent> right) {
        boolean isReleased = right.stream().anyMatch(InventoryEvent.InventoryReleased.class::isInstance);
        return this == KEEPS_LATE_GOODS
                        && isReleased
                        && command instanceof ReleaseInventory late
                        && ShopSimulation.isReservedLate(late.orderId())
                ? List.of()
                : right;
    }

    private List<ShippingEvent> shipping(ShippingCommand command, List<ShippingEvent> right) {
        return this == SHIPS_AGAIN && right.isEmpty() && command instanceof CreateShipment(var id, var country)
                ? List.of(new ShipmentCreated(id, country, "HW-" + id + "-again"))
                : right;
    }

    /** A decider that has second thoughts. */
    private static <C extends Command<?>, S, E extends DomainEvent> Decider<C, S, E> deciding(
            Decider<C, S, E> right, BiFunction<C, List<E>, List<E>> second) {
        return new Decider<>() {
            @Override
            public S initial() {
                return right.initial();
            }

            @Override
            public List<E> decide(C command, S state) {
                return second.apply(command, right.decide(command, state));
            }

            @Override
            public S evolve(S state, E event) {
                return right.evolve(state, event);
            }
        };
    }
}
