package dev.headwater.examples.shop.analytics;

import dev.headwater.examples.shop.ordering.CustomerId;
import dev.headwater.examples.shop.ordering.OrderEvent;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCancelled;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderPlaced;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderShipped;
import dev.headwater.examples.shop.ordering.OrderId;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps a row for every order. */
public final class OrderProjection implements Projection<Connection> {

    private static final String INSERT = """
            INSERT INTO shop.orders (order_id, customer_id, country, lines, total, status, ordered_at)
            SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?)""";

    private static final String UPDATE = """
            UPDATE shop.orders SET status = changed.status, cancel_reason = changed.cancel_reason
            FROM unnest(?, ?, ?) AS changed (order_id, status, cancel_reason)
            WHERE orders.order_id = changed.order_id""";

    private record Change(String status, @Nullable String cancelReason) {

        static Change to(String status) {
            return new Change(status, null);
        }
    }

    @Override
    public void project(List<StoredEvent> events, Connection transaction) throws SQLException {
        var created = new Rows("text", "text", "text", "int4", "numeric", "text", "timestamptz");
        // Of several changes of one order the last one counts.
        var changes = new LinkedHashMap<OrderId, Change>();
        for (var stored : events) {
            switch ((OrderEvent) stored.event()) {
                case OrderCreated(var id, var customer, var country, var items, var total, var ordinal) ->
                    created.add(
                            id.value(),
                            customer.map(CustomerId::value).orElse(null),
                            country,
                            items.size(),
                            total.amount(),
                            "DRAFT",
                            stored.time().toString());
                case OrderPlaced placed -> changes.put(placed.orderId(), Change.to("PLACED"));
                case OrderShipped shipped -> changes.put(shipped.orderId(), Change.to("SHIPPED"));
                case OrderCancelled(var id, var reason) -> changes.put(id, new Change("CANCELLED", reason.name()));
            }
        }
        var changed = new Rows("text", "text", "text");
        changes.forEach((id, change) -> changed.add(id.value(), change.status(), change.cancelReason()));
        created.execute(transaction, INSERT);
        changed.execute(transaction, UPDATE);
    }
}
