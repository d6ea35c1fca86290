package dev.headwater.examples.shop.analytics;

import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.SubscriptionStatus;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;

/** Reads the summary from the read models. */
public final class SummaryReader {

    private static final String COUNTS = """
            SELECT
                (SELECT coalesce(sum(rows_read), 0) FROM shop.import_steps) AS rows_read,
                (SELECT coalesce(sum(lines), 0) FROM shop.orders) AS rows_ordered,
                (SELECT coalesce(sum(lines), 0) FROM shop.returns) AS rows_returned,
                (SELECT count(*) FROM shop.rejected_rows) AS rows_rejected,
                (SELECT count(*) FROM shop.import_steps WHERE outcome = 'ORDER') AS invoices_ordered,
                (SELECT count(*) FROM shop.import_steps WHERE outcome = 'RETURN') AS invoices_returned,
                (SELECT count(*) FROM shop.import_steps WHERE outcome = 'REJECTED') AS invoices_rejected,
                (SELECT count(*) FROM shop.orders) AS created,
                (SELECT count(*) FROM shop.orders WHERE status IN ('PLACED', 'SHIPPED')) AS placed,
                (SELECT count(*) FROM shop.orders WHERE status = 'SHIPPED') AS shipped,
                (SELECT coalesce(sum(revenue), 0) FROM shop.sales_by_country) AS revenue,
                (SELECT coalesce(sum(returned), 0) FROM shop.sales_by_country) AS returned""";

    private static final String COUNTRIES = "SELECT country, revenue FROM shop.sales_by_country WHERE orders > 0";

    private final DataSource dataSource;

    public SummaryReader(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** The summary as it is now, of a log with so many events, and of what its subscriptions made of them. */
    public Summary read(long events, DeadLetters.Count deadLetters, List<SubscriptionStatus> subscriptions)
            throws SQLException {
        try (var connection = dataSource.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(COUNTS)) {
            row.next();
            return new Summary(
                    new Summary.Rows(
                            row.getLong("rows_read"),
                            row.getLong("rows_ordered"),
                            row.getLong("rows_returned"),
                            row.getLong("rows_rejected")),
                    new Summary.Invoices(
                            row.getLong("invoices_ordered"),
                            row.getLong("invoices_returned"),
                            row.getLong("invoices_rejected")),
                    new Summary.Orders(row.getLong("created"), row.getLong("placed"), row.getLong("shipped")),
                    new Summary.Revenue(row.getBigDecimal("revenue"), row.getBigDecimal("returned")),
                    revenueByCountry(connection),
                    events,
                    new Summary.Delivery(deadLetters.letters(), deadLetters.sequences(), lag(subscriptions)));
        }
    }

    private static SortedMap<String, Long> lag(List<SubscriptionStatus> subscriptions) {
        var lag = new TreeMap<String, Long>();
        subscriptions.forEach(subscription -> lag.put(subscription.name(), subscription.lag()));
        return lag;
    }

    private static SortedMap<String, BigDecimal> revenueByCountry(Connection connection) throws SQLException {
        var revenue = new TreeMap<String, BigDecimal>();
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(COUNTRIES)) {
            while (row.next()) {
                revenue.put(row.getString("country"), row.getBigDecimal("revenue"));
            }
        }
        return revenue;
    }
}
