package dev.headwater.examples.shop.analytics;

import dev.headwater.examples.shop.ordering.Money;
import dev.headwater.examples.shop.ordering.OrderEvent.OrderShipped;
import dev.headwater.examples.shop.returns.ReturnEvent.ReturnRecorded;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.TreeMap;

/**
 * Adds up sales by country.
 *
 * <p>Adding something twice would show. It does not happen, because what is added and how far the projection has come
 * are committed together.
 */
public final class SalesProjection implements Projection<Connection> {

    private static final String ADD = """
            INSERT INTO shop.sales_by_country AS s (country, orders, revenue, returns, returned)
            SELECT * FROM unnest(?, ?, ?, ?, ?)
            ON CONFLICT (country) DO UPDATE
            SET orders = s.orders + excluded.orders, revenue = s.revenue + excluded.revenue,
                returns = s.returns + excluded.returns, returned = s.returned + excluded.returned""";

    private record Figures(int orders, Money revenue, int returns, Money returned) {

        Figures plus(Figures other) {
            return new Figures(
                    orders + other.orders,
                    revenue.plus(other.revenue),
                    returns + other.returns,
                    returned.plus(other.returned));
        }
    }

    @Override
    public void project(List<StoredEvent> events, Connection transaction) throws SQLException {
        var byCountry = new TreeMap<String, Figures>();
        for (var stored : events) {
            switch (stored.event()) {
                case OrderShipped shipped ->
                    byCountry.merge(shipped.country(), new Figures(1, shipped.total(), 0, Money.ZERO), Figures::plus);
                case ReturnRecorded returned ->
                    byCountry.merge(returned.country(), new Figures(0, Money.ZERO, 1, returned.total()), Figures::plus);
                default -> {}
            }
        }
        var rows = new Rows("text", "int8", "numeric", "int8", "numeric");
        byCountry.forEach((country, figures) -> rows.add(
                country,
                figures.orders(),
                figures.revenue().amount(),
                figures.returns(),
                figures.returned().amount()));
        rows.execute(transaction, ADD);
    }
}
