package dev.headwater.examples.shop.analytics;

import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.ordering.OrderId;
import dev.headwater.examples.shop.payment.PaymentEvent;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentCompleted;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentFailed;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentGivenUp;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentPending;
import dev.headwater.examples.shop.payment.PaymentEvent.PaymentRefunded;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Keeps a row for every payment that was made, declined or given back. */
public final class PaymentProjection implements Projection<Connection> {

    private static final String INSERT = """
            INSERT INTO shop.payments (position, order_id, outcome, amount)
            SELECT * FROM unnest(?, ?, ?, ?)""";

    @Override
    public void project(List<StoredEvent> events, Connection transaction) throws SQLException {
        var rows = new Rows("int8", "text", "text", "numeric");
        for (var stored : events) {
            switch ((PaymentEvent) stored.event()) {
                case PaymentPending pending -> {}
                case PaymentGivenUp givenUp -> {}
                case PaymentCompleted(var id, var amount) -> add(rows, stored, id, "COMPLETED", amount);
                case PaymentFailed(var id, var reason) -> add(rows, stored, id, "DECLINED", Money.ZERO);
                case PaymentRefunded(var id, var amount) -> add(rows, stored, id, "REFUNDED", amount);
            }
        }
        rows.execute(transaction, INSERT);
    }

    private static void add(Rows rows, StoredEvent stored, OrderId id, String outcome, Money amount) {
        rows.add(Places.of(stored), id.value(), outcome, amount.amount());
    }
}
