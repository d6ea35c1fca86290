package dev.headwater.examples.shop.ordering;

import dev.headwater.aggregate.Decider;
import dev.headwater.examples.shop.ordering.OrderCommand.CancelOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.CreateOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.PlaceOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.ShipOrder;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCancelled;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderPlaced;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderShipped;
import java.util.List;

/**
 * The rules of ordering: only drafts are placed, only placed orders are shipped or cancelled, and nobody orders
 * nothing.
 */
public final class OrderDecider implements Decider<OrderCommand, OrderState, OrderEvent> {

    @Override
    public OrderState initial() {
        return OrderState.NONE;
    }

    @Override
    public List<OrderEvent> decide(OrderCommand command, OrderState state) {
        return switch (command) {
            case CreateOrder create -> List.of(create(create, state));
            case PlaceOrder(var orderId) -> List.of(place(orderId, state));
            case ShipOrder ship when state.status() == OrderStatus.SHIPPED -> List.of();
            case ShipOrder(var orderId, var trackingNumber) -> List.of(ship(orderId, trackingNumber, state));
            case CancelOrder cancel when state.status() == OrderStatus.CANCELLED -> List.of();
            case CancelOrder(var orderId, var reason) -> List.of(cancel(orderId, reason, state));
        };
    }

    @Override
    public OrderState evolve(OrderState state, OrderEvent event) {
        return switch (event) {
            case OrderCreated(var orderId, var customerId, var country, var items, var total, var ordinal) ->
                new OrderState(OrderStatus.DRAFT, customerId, country, total);
            case OrderPlaced placed -> state.with(OrderStatus.PLACED);
            case OrderShipped shipped -> state.with(OrderStatus.SHIPPED);
            case OrderCancelled cancelled -> state.with(OrderStatus.CANCELLED);
        };
    }

    private static OrderEvent create(CreateOrder command, OrderState state) {
        var id = command.orderId();
        require(state.status() == OrderStatus.NONE, id, state, "An order can be created only once");
        var items = List.copyOf(command.items());
        require(!items.isEmpty(), id, state, "An order needs at least one line");
        require(
                items.stream()
                        .allMatch(
                                item -> item.quantity() > 0 && item.unitPrice().isPositive()),
                id,
                state,
                "Every line of an order needs a quantity and a price above zero");
        return new OrderCreated(
                id, command.customerId(), command.country(), items, OrderItem.totalOf(items), command.ordinal());
    }

    private static OrderEvent place(OrderId id, OrderState state) {
        require(state.status() == OrderStatus.DRAFT, id, state, "Only a draft can be placed");
        return new OrderPlaced(id, state.customerId(), state.total());
    }

    private static OrderEvent ship(OrderId id, String trackingNumber, OrderState state) {
        require(state.status() == OrderStatus.PLACED, id, state, "Only a placed order can be shipped");
        return new OrderShipped(id, state.country(), state.total(), trackingNumber);
    }

    private static OrderEvent cancel(OrderId id, CancelReason reason, OrderState state) {
        require(state.status() == OrderStatus.PLACED, id, state, "Only a placed order can be cancelled");
        return new OrderCancelled(id, reason);
    }

    private static void require(boolean kept, OrderId id, OrderState state, String rule) {
        if (!kept) {
            throw new OrderRuleException(id, state.status(), rule);
        }
    }
}
