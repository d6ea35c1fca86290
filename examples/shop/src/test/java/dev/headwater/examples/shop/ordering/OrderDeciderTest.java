package dev.headwater.examples.shop.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headwater.examples.shop.ordering.OrderCommand.CancelOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.CreateOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.PlaceOrder;
import dev.headwater.examples.shop.ordering.OrderCommand.ShipOrder;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCancelled;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderPlaced;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderShipped;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class OrderDeciderTest {

    private static final OrderId ID = new OrderId("4711");
    private static final Optional<CustomerId> CUSTOMER = Optional.of(new CustomerId("17850"));
    private static final OrderItem MUGS = new OrderItem("10210", "STONEWARE MUG", 6, Money.of("4.95"));
    private static final OrderItem TWINE = new OrderItem("10230", "GARDEN TWINE", 1, Money.of("1.655"));

    private static final OrderEvent CREATED =
            new OrderCreated(ID, CUSTOMER, "France", List.of(MUGS, TWINE), Money.of("31.355"), OptionalInt.of(7));
    private static final OrderEvent PLACED = new OrderPlaced(ID, CUSTOMER, Money.of("31.355"));
    private static final OrderEvent CANCELLED = new OrderCancelled(ID, CancelReason.LATE);
    private static final OrderEvent SHIPPED = new OrderShipped(ID, "France", Money.of("31.355"), "T1");

    private final OrderDecider decider = new OrderDecider();

    @Test
    void aNewOrderIsADraftWithAnExactTotal() {
        assertThat(decide(create(MUGS, TWINE))).containsExactly(CREATED);
        assertThat(after(CREATED).status()).isEqualTo(OrderStatus.DRAFT);
    }

    @Test
    void aDraftIsPlacedAndThenShipped() {
        assertThat(decide(new PlaceOrder(ID), CREATED)).containsExactly(PLACED);
        assertThat(decide(new ShipOrder(ID, "T1"), CREATED, PLACED)).containsExactly(SHIPPED);
        assertThat(after(CREATED, PLACED, SHIPPED).status()).isEqualTo(OrderStatus.SHIPPED);
    }

    @Test
    void onlyADraftCanBePlaced() {
        refused("Only a draft can be placed", OrderStatus.NONE, new PlaceOrder(ID));
        refused("Only a draft can be placed", OrderStatus.PLACED, new PlaceOrder(ID), CREATED, PLACED);
        refused("Only a draft can be placed", OrderStatus.SHIPPED, new PlaceOrder(ID), CREATED, PLACED, SHIPPED);
    }

    @Test
    void onlyAPlacedOrderCanBeShipped() {
        refused("Only a placed order can be shipped", OrderStatus.NONE, new ShipOrder(ID, "T"));
        refused("Only a placed order can be shipped", OrderStatus.DRAFT, new ShipOrder(ID, "T"), CREATED);
        refused(
                "Only a placed order can be shipped",
                OrderStatus.CANCELLED,
                new ShipOrder(ID, "T"),
                CREATED,
                PLACED,
                CANCELLED);
    }

    @Test
    void aPlacedOrderIsCancelledUnlessItWasShipped() {
        var cancel = new CancelOrder(ID, CancelReason.LATE);
        assertThat(decide(cancel, CREATED, PLACED)).containsExactly(CANCELLED);
        assertThat(after(CREATED, PLACED, CANCELLED).status()).isEqualTo(OrderStatus.CANCELLED);
        refused("Only a placed order can be cancelled", OrderStatus.NONE, cancel);
        refused("Only a placed order can be cancelled", OrderStatus.DRAFT, cancel, CREATED);
        refused("Only a placed order can be cancelled", OrderStatus.SHIPPED, cancel, CREATED, PLACED, SHIPPED);
    }

    @Test
    void whatIsShippedOrCancelledAlreadyStaysAsItIs() {
        assertThat(decide(new ShipOrder(ID, "T"), CREATED, PLACED, SHIPPED)).isEmpty();
        assertThat(decide(new CancelOrder(ID, CancelReason.PAYMENT), CREATED, PLACED, CANCELLED))
                .isEmpty();
    }

    @Test
    void anOrderIsCreatedOnceAndHasLinesOfMoreThanNothing() {
        refused("An order can be created only once", OrderStatus.DRAFT, create(MUGS), CREATED);
        refused("An order needs at least one line", OrderStatus.NONE, create());
        refused(
                "Every line of an order needs a quantity and a price above zero",
                OrderStatus.NONE,
                create(MUGS, new OrderItem("1", "", 0, Money.of("1"))));
        refused(
                "Every line of an order needs a quantity and a price above zero",
                OrderStatus.NONE,
                create(MUGS, new OrderItem("1", "", 1, Money.ZERO)));
    }

    private static CreateOrder create(OrderItem... items) {
        return new CreateOrder(ID, CUSTOMER, "France", List.of(items), OptionalInt.of(7));
    }

    private OrderState after(OrderEvent... history) {
        var state = decider.initial();
        for (var event : history) {
            state = decider.evolve(state, event);
        }
        return state;
    }

    private List<OrderEvent> decide(OrderCommand command, OrderEvent... history) {
        return decider.decide(command, after(history));
    }

    private void refused(String rule, OrderStatus status, OrderCommand command, OrderEvent... history) {
        assertThatExceptionOfType(OrderRuleException.class)
                .isThrownBy(() -> decide(command, history))
                .satisfies(e -> assertThat(e.status()).isEqualTo(status))
                .withMessageStartingWith(rule)
                .withMessageContaining("order 4711 is");
    }
}
