package dev.headwater.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.Message;
import dev.headwater.examples.shop.inventory.InventoryCommand.ReserveInventory;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryGivenUp;
import dev.headwater.examples.shop.inventory.InventoryEvent.InventoryReserved;
import dev.headwater.examples.shop.inventory.InventoryReactions;
import dev.headwater.examples.shop.ordering.CancelReason;
import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCancelled;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.ordering.OrderId;
import dev.headwater.examples.shop.ordering.OrderItem;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentCompleted;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentGivenUp;
import dev.headwater.examples.shop.shipping.ShippingCommand.CreateShipment;
import dev.headwater.examples.shop.shipping.ShippingReactions;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.StartFrom;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.workflow.ProcessManager;
import dev.headwater.workflow.Workflows;
import dev.headwater.workflow.memory.InMemoryProcessStorage;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a service hears of two others comes in either order. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ReactionsTest {

    private static final OrderId ORDER = new OrderId("1");
    private static final Money TOTAL = Money.of("10");
    private static final OrderCreated CREATED = new OrderCreated(
            ORDER,
            Optional.empty(),
            "France",
            List.of(new OrderItem("10210", "MUG", 5, Money.of("2"))),
            TOTAL,
            OptionalInt.empty());
    private static final OrderCancelled CANCELLED = new OrderCancelled(ORDER, CancelReason.LATE);
    private static final PaymentCompleted PAID = new PaymentCompleted(ORDER, TOTAL);
    private static final PaymentGivenUp PAYMENT_GIVEN_UP = new PaymentGivenUp(ORDER);
    private static final InventoryReserved RESERVED = new InventoryReserved(ORDER, 5);
    private static final InventoryGivenUp INVENTORY_GIVEN_UP = new InventoryGivenUp(ORDER);

    @Test
    void goodsAreReservedWhenTheOrderIsPaidWhicheverIsHeardFirst() {
        var reserve = ReserveInventory.of(CREATED);

        assertThat(sent(InventoryReactions.process(), CREATED, PAID)).containsExactly(reserve);
        assertThat(sent(InventoryReactions.process(), PAID, CREATED)).containsExactly(reserve);
    }

    @Test
    void nothingIsReservedForAPaymentThatWasGivenUpAlsoWhenTheCancellationIsHeardLast() {
        assertThat(sent(InventoryReactions.process(), CREATED, PAYMENT_GIVEN_UP, PAID, CANCELLED))
                .isEmpty();
        assertThat(sent(InventoryReactions.process(), PAYMENT_GIVEN_UP, PAID, CREATED, CANCELLED))
                .isEmpty();
    }

    @Test
    void aParcelIsMadeWhenTheGoodsAreReservedWhicheverIsHeardFirst() {
        var create = CreateShipment.of(CREATED);

        assertThat(sent(ShippingReactions.process(), CREATED, RESERVED)).containsExactly(create);
        assertThat(sent(ShippingReactions.process(), RESERVED, CREATED)).containsExactly(create);
    }

    @Test
    void noParcelIsMadeOfGoodsThatWereGivenUpAlsoWhenTheCancellationIsHeardLast() {
        assertThat(sent(ShippingReactions.process(), CREATED, INVENTORY_GIVEN_UP, RESERVED, CANCELLED))
                .isEmpty();
        assertThat(sent(ShippingReactions.process(), INVENTORY_GIVEN_UP, RESERVED, CREATED, CANCELLED))
                .isEmpty();
    }

    /** The commands that follow from these events, one after the other. */
    private static List<Message> sent(ProcessManager<?, ?> process, DomainEvent... events) {
        var log = new InMemoryEventStorage();
        var store = new EventStore(log, Shop.SERIALIZER);
        for (var event : events) {
            store.append(StreamId.of("heard", "1"), ExpectedVersion.any(), event);
        }
        try (var subscriptions = new Subscriptions<>(store, new InMemorySubscriptionStorage<>(""));
                var workflows = Workflows.builder(store, subscriptions, new InMemoryProcessStorage<>(log))
                        .run(process, StartFrom.beginning())
                        .start()) {
            while (subscriptions.status().stream().anyMatch(status -> status.lag() > 0)) {
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(workflows.countUnclaimed()).isEmpty();
            return store.readLog(0, EventQuery.all().withReserved())
                    .map(StoredEvent::message)
                    .filter(Command.class::isInstance)
                    .toList();
        }
    }
}
