package dev.headwater.examples.shop.analytics;

import dev.headwater.examples.shop.ordering.CustomerId;
import dev.headwater.examples.shop.returns.ReturnEvent;
import dev.headwater.examples.shop.returns.ReturnEvent.ReturnRecorded;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Keeps a row for every return. */
public final class ReturnProjection implements Projection<Connection> {

    private static final String INSERT = """
            INSERT INTO shop.returns (credit_note, customer_id, country, lines, total, returned_at)
            SELECT * FROM unnest(?, ?, ?, ?, ?, ?)""";

    @Override
    public void project(List<StoredEvent> events, Connection transaction) throws SQLException {
        var recorded = new Rows("text", "text", "text", "int4", "numeric", "timestamptz");
        for (var stored : events) {
            switch ((ReturnEvent) stored.event()) {
                case ReturnRecorded(var creditNote, var customer, var country, var items, var total) ->
                    recorded.add(
                            creditNote,
                            customer.map(CustomerId::value).orElse(null),
                            country,
                            items.size(),
                            total.amount(),
                            stored.time().toString());
            }
        }
        recorded.execute(transaction, INSERT);
    }
}
