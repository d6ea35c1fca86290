package dev.headwater.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.examples.shop.importing.CsvRow;
import dev.headwater.examples.shop.importing.Importer;
import dev.headwater.examples.shop.importing.InvoiceRows;
import dev.headwater.examples.shop.inventory.InventoryRules;
import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.payment.PaymentRules;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySnapshotStore;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.workflow.memory.InMemoryProcessStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens to one order of each kind, in each style, in memory. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class OrderProcessTest {

    private static final int LATE = 7;
    private static final int IN_TIME = 2;
    private static final int PAYMENT_LATE = 7;
    private static final int RESERVATION_LATE = 8;

    @Test
    void anOrderIsPaidReservedAndShipped() {
        becomes(
                order(IN_TIME, 5, "10"),
                "payment.completed",
                "inventory.reserved",
                "shipment.created",
                "order.shipped");
    }

    @Test
    void anOrderWhosePaymentIsDeclinedIsCancelled() {
        becomes(order(IN_TIME, 5, "201"), "payment.failed", "order.cancelled");
    }

    @Test
    void anOrderThatCannotBeReservedIsRefundedAndCancelled() {
        becomes(
                order(IN_TIME, 501, "1"),
                "payment.completed",
                "inventory.failed",
                "payment.refunded",
                "order.cancelled");
    }

    @Test
    void aPaymentThatComesAfterTheTimeLimitIsRefunded() {
        becomes(
                order(PAYMENT_LATE, 5, "10"),
                "payment.pending",
                "order.cancelled",
                "payment.given-up",
                "payment.completed",
                "payment.refunded");
    }

    @Test
    void aPaymentThatIsDeclinedAfterTheTimeLimitChangesNothingMore() {
        becomes(
                order(PAYMENT_LATE, 5, "201"),
                "payment.pending",
                "order.cancelled",
                "payment.given-up",
                "payment.failed");
    }

    @Test
    void aReservationThatComesAfterTheTimeLimitIsReleasedAndThePaymentIsRefunded() {
        becomes(
                order(RESERVATION_LATE, 5, "10"),
                "payment.completed",
                "inventory.pending",
                "order.cancelled",
                "payment.refunded",
                "inventory.given-up",
                "inventory.reserved",
                "inventory.released");
    }

    @Test
    void aReservationThatFailsAfterTheTimeLimitChangesNothingMore() {
        becomes(
                order(RESERVATION_LATE, 501, "1"),
                "payment.completed",
                "inventory.pending",
                "order.cancelled",
                "payment.refunded",
                "inventory.given-up",
                "inventory.failed");
    }

    private static InvoiceRows order(int ordinal, int quantity, String price) {
        var fields = List.of(
                "1", "10210", "MUG", Integer.toString(quantity), "2010-12-01 08:26:00", price, "17850.0", "France");
        return new InvoiceRows("1", OptionalInt.of(ordinal), List.of(new CsvRow(2, fields)));
    }

    /** Runs an order in each style until nothing is left to do. The services work side by side, so order varies. */
    private static void becomes(InvoiceRows order, String... types) {
        for (var style : ProcessStyle.values()) {
            var expected = new ArrayList<>(List.of("invoice.imported", "order.created", "order.placed"));
            expected.addAll(List.of(types));

            assertThat(run(style, order)).as("%s", style).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    private static List<String> run(ProcessStyle style, InvoiceRows order) {
        var settings = new ShopSettings(
                style,
                new PaymentRules(Money.of("1000"), LATE),
                new InventoryRules(500, LATE),
                Duration.ofMillis(100),
                Duration.ZERO,
                Optional.empty());
        var log = new InMemoryEventStorage();
        var store = new EventStore(log, Shop.SERIALIZER);
        try (var subscriptions = new Subscriptions<>(store, new InMemorySubscriptionStorage<>(""))) {
            var services = new Services(store, new InMemorySnapshotStore(), settings);
            services.<String>deliveries().forEach(subscriptions::start);
            try (var processes = Processes.start(
                    store,
                    subscriptions,
                    new InMemoryProcessStorage<>(log),
                    services,
                    settings,
                    EnumSet.allOf(Service.class))) {
                new Importer(store).importInvoice(order);
                while (!isQuiet(store, subscriptions, processes)) {
                    LockSupport.parkNanos(1_000_000);
                }
                return store.readLog(0).map(StoredEvent::type).toList();
            }
        }
    }

    private static boolean isQuiet(EventStore store, Subscriptions<String> subscriptions, Processes processes) {
        long head = store.headPosition();
        return subscriptions.status().stream().allMatch(status -> status.lag() == 0)
                && processes.unfinished() == 0
                && store.headPosition() == head;
    }
}
