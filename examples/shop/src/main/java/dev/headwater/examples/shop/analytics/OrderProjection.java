package dev.headwater.examples.shop.analytics;

import dev.headwater.examples.shop.ordering.CustomerId;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderCreated;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderPlaced;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderShipped;
import dev.headwater.examples.shop.ordering.OrderEvent;
import dev.headwater.examples.shop.ordering.OrderId;
import dev.headwater.examples.shop.ordering.OrderStatus;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;

/** Keeps a row for every order. */
public final class OrderProjection implements Projection<Connection> {

    private static final String INSERT = """
            INSERT INTO shop.orders (order_id, customer_id, country, lines, total, status, ordered_at)
            SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?)""";

    private static final String UPDATE = """
            UPDATE shop.orders SET status = changed.status
            FROM unnest(?, ?) AS changed (order_id, status)
            WHERE orders.order_id = changed.order_id""";

    @Override
    public void project(List<StoredEvent> events, Connection transaction) throws SQLException {
        var created = new Rows("text", "text", "text", "int4", "numeric", "text", "timestamptz");
        // Of several changes of one order the last one counts.
        var statuses = new LinkedHashMap<OrderId, OrderStatus>();
        for (var stored : events) {
            switch ((OrderEvent) stored.event()) {
                case OrderCreated(var id, var customer, var country, var items, var total) ->
                    created.add(
                            id.value(),
                            customer.map(CustomerId::value).orElse(null),
                            country,
                            items.size(),
                            total.amount(),
                            OrderStatus.DRAFT.name(),
                            stored.time().toString());
                case OrderPlaced placed -> statuses.put(placed.orderId(), OrderStatus.PLACED);
                case OrderShipped shipped -> statuses.put(shipped.orderId(), OrderStatus.SHIPPED);
            }
        }
        var changed = new Rows("text", "text");
        statuses.forEach((id, status) -> changed.add(id.value(), status.name()));
        created.execute(transaction, INSERT);
        changed.execute(transaction, UPDATE);
    }
}
