package dev.headwater.workflow.code;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.aggregate.Decider;
import java.util.List;

/** The services that an order passes through, each with one aggregate per order. */
final class Shop {

    static final MessageTypes TYPES =
            MessageTypes.of(OrderEvent.class, PaymentEvent.class, StockEvent.class, ShopCommand.class);

    private Shop() {}

    /** What is special about an order. */
    enum Kind {
        PLAIN,
        DECLINED,
        OUT_OF_STOCK,
        LATE_PAYMENT,
        LATE_STOCK,
        EAGER,
        UNBOOKABLE,
        STUBBORN,
        CANCELLED
    }

    sealed interface OrderEvent extends DomainEvent {
        String order();

        @MessageType("order.created")
        record OrderCreated(String order, Kind kind) implements OrderEvent {}

        @MessageType("order.shipped")
        record OrderShipped(String order) implements OrderEvent {}

        @MessageType("order.cancelled")
        record OrderCancelled(String order) implements OrderEvent {}
    }

    sealed interface PaymentEvent extends DomainEvent {
        String order();
    }

    sealed interface PaymentOutcome extends PaymentEvent {
        @MessageType("payment.completed")
        record PaymentCompleted(String order) implements PaymentOutcome {}

        @MessageType("payment.declined")
        record PaymentDeclined(String order) implements PaymentOutcome {}
    }

    @MessageType("payment.refunded")
    record PaymentRefunded(String order) implements PaymentEvent {}

    sealed interface StockEvent extends DomainEvent {
        String order();
    }

    sealed interface StockOutcome extends StockEvent {
        @MessageType("stock.reserved")
        record StockReserved(String order) implements StockOutcome {}

        @MessageType("stock.missing")
        record StockMissing(String order) implements StockOutcome {}
    }

    @MessageType("stock.released")
    record StockReleased(String order) implements StockEvent {}

    sealed interface ShopCommand extends Command<Void> {
        String order();

        @MessageType("order.ship")
        record Ship(String order) implements ShopCommand {}

        @MessageType("order.cancel")
        record Cancel(String order) implements ShopCommand {}

        @MessageType("payment.pay")
        record Pay(String order, Kind kind) implements ShopCommand {}

        @MessageType("payment.refund")
        record Refund(String order) implements ShopCommand {}

        @MessageType("stock.reserve")
        record Reserve(String order, Kind kind) implements ShopCommand {}

        @MessageType("stock.release")
        record Release(String order) implements ShopCommand {}
    }

    /** Refuses what was done before, so that doing it twice is seen. */
    static final class Orders implements Decider<ShopCommand, String, OrderEvent> {
        @Override
        public String initial() {
            return "open";
        }

        @Override
        public List<OrderEvent> decide(ShopCommand command, String state) {
            if (!state.equals("open")) {
                throw new IllegalArgumentException("the order is " + state);
            }
            return command instanceof ShopCommand.Ship
                    ? List.of(new OrderEvent.OrderShipped(command.order()))
                    : List.of(new OrderEvent.OrderCancelled(command.order()));
        }

        @Override
        public String evolve(String state, OrderEvent event) {
            return switch (event) {
                case OrderEvent.OrderCreated created -> "open";
                case OrderEvent.OrderShipped shipped -> "shipped";
                case OrderEvent.OrderCancelled cancelled -> "cancelled";
            };
        }
    }

    /** Takes a payment for every command to pay; nothing is refunded that was not paid. */
    static final class Payments implements Decider<ShopCommand, String, PaymentEvent> {
        @Override
        public String initial() {
            return "unpaid";
        }

        @Override
        public List<PaymentEvent> decide(ShopCommand command, String state) {
            if (command instanceof ShopCommand.Pay pay) {
                return List.of(
                        pay.kind() == Kind.DECLINED || state.equals("refunded")
                                ? new PaymentOutcome.PaymentDeclined(pay.order())
                                : new PaymentOutcome.PaymentCompleted(pay.order()));
            }
            return state.equals("paid") ? List.of(new PaymentRefunded(command.order())) : List.of();
        }

        @Override
        public String evolve(String state, PaymentEvent event) {
            return switch (event) {
                case PaymentOutcome.PaymentCompleted completed -> "paid";
                case PaymentOutcome.PaymentDeclined declined -> state;
                case PaymentRefunded refunded -> "refunded";
            };
        }
    }

    /** Keeps stock for an order until it is released. */
    static final class Stock implements Decider<ShopCommand, String, StockEvent> {
        @Override
        public String initial() {
            return "free";
        }

        @Override
        public List<StockEvent> decide(ShopCommand command, String state) {
            if (command instanceof ShopCommand.Reserve reserve) {
                return List.of(
                        reserve.kind() == Kind.OUT_OF_STOCK || !state.equals("free")
                                ? new StockOutcome.StockMissing(reserve.order())
                                : new StockOutcome.StockReserved(reserve.order()));
            }
            return state.equals("reserved") ? List.of(new StockReleased(command.order())) : List.of();
        }

        @Override
        public String evolve(String state, StockEvent event) {
            return switch (event) {
                case StockOutcome.StockReserved reserved -> "reserved";
                case StockOutcome.StockMissing missing -> state;
                case StockReleased released -> "released";
            };
        }
    }
}
