package dev.headwater.examples.shop.analytics;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
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
                (SELECT count(*) FROM shop.orders WHERE status <> 'DRAFT') AS placed,
                (SELECT count(*) FROM shop.orders WHERE status = 'SHIPPED') AS shipped,
                (SELECT count(*) FROM shop.orders WHERE cancel_reason = 'PAYMENT') AS cancelled_payment,
                (SELECT count(*) FROM shop.orders WHERE cancel_reason = 'INVENTORY') AS cancelled_inventory,
                (SELECT count(*) FROM shop.orders WHERE cancel_reason = 'LATE') AS cancelled_late,
                (SELECT count(*) FROM shop.payments WHERE outcome = 'COMPLETED') AS payments_completed,
                (SELECT count(*) FROM shop.payments WHERE outcome = 'DECLINED') AS payments_declined,
                (SELECT count(*) FROM shop.payments WHERE outcome = 'REFUNDED') AS payments_refunded,
                (SELECT coalesce(sum(amount), 0) FROM shop.payments WHERE outcome = 'COMPLETED') AS paid_completed,
                (SELECT coalesce(sum(amount), 0) FROM shop.payments WHERE outcome = 'REFUNDED') AS paid_refunded,
                (SELECT coalesce(sum(revenue), 0) FROM shop.sales_by_country) AS revenue,
                (SELECT coalesce(sum(returned), 0) FROM shop.sales_by_country) AS returned""";

    private static final String EVENTS = "SELECT count(*) FROM headwater.events WHERE stream NOT LIKE '$%'";

    private static final String COUNTRIES = "SELECT country, revenue FROM shop.sales_by_country WHERE orders > 0";

    private final DataSource dataSource;

    public SummaryReader(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** The summary as it is now, with what the read models do not know; the log is in the same database. */
    public Summary read(Summary.Delivery delivery, Summary.Workflows workflows) throws SQLException {
        try (var connection = dataSource.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(EVENTS)) {
            row.next();
            return read(delivery, workflows, row.getLong(1));
        }
    }

    /** The summary as it is now, with what the read models do not know. */
    public Summary read(Summary.Delivery delivery, Summary.Workflows workflows, long events) throws SQLException {
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
                    orders(row),
                    new Summary.Payments(
                            row.getLong("payments_completed"),
                            row.getLong("payments_declined"),
                            row.getLong("payments_refunded")),
                    new Summary.Paid(row.getBigDecimal("paid_completed"), row.getBigDecimal("paid_refunded")),
                    workflows,
                    new Summary.Revenue(row.getBigDecimal("revenue"), row.getBigDecimal("returned")),
                    revenueByCountry(connection),
                    events,
                    delivery);
        }
    }

    private static Summary.Orders orders(ResultSet row) throws SQLException {
        var cancelled = new Summary.Cancelled(
                row.getLong("cancelled_payment"), row.getLong("cancelled_inventory"), row.getLong("cancelled_late"));
        return new Summary.Orders(row.getLong("created"), row.getLong("placed"), row.getLong("shipped"), cancelled);
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
