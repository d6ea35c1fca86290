package dev.headwater.postgres.faults;

import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A read model that cannot hide a mistake: it adds the events of each page to the counter of their stream, so an event
 * that is handled twice, not at all, or out of order stays visible for ever.
 */
final class Counters implements Projection<Connection> {

    static final String SUBSCRIPTION = "counters";

    /**
     * What was counted of a stream.
     *
     * @param events how many events were added
     * @param version the version of the one that came last
     */
    record Counter(long events, long version) {}

    static void create(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE counters (stream text PRIMARY KEY, n bigint NOT NULL, version bigint NOT NULL)");
        }
    }

    @Override
    public void project(List<StoredEvent> events, Connection transaction) throws SQLException {
        var added = new TreeMap<String, Counter>();
        for (var event : events) {
            added.merge(
                    event.stream().name(),
                    new Counter(1, event.version()),
                    (before, one) -> new Counter(before.events() + 1, one.version()));
        }
        try (var count = transaction.prepareStatement("""
                INSERT INTO counters AS c SELECT unnest(?::text[]), unnest(?::bigint[]), unnest(?::bigint[])
                ON CONFLICT (stream) DO UPDATE SET n = c.n + excluded.n, version = excluded.version""")) {
            var counters = added.values();
            count.setArray(1, transaction.createArrayOf("text", added.keySet().toArray()));
            count.setArray(
                    2,
                    transaction.createArrayOf(
                            "int8", counters.stream().map(Counter::events).toArray()));
            count.setArray(
                    3,
                    transaction.createArrayOf(
                            "int8", counters.stream().map(Counter::version).toArray()));
            count.executeUpdate();
        }
    }

    /** How many events were counted, of every stream its first ones and in order. */
    static long total(Connection connection) throws SQLException {
        long total = 0;
        for (var counter : read(connection).values()) {
            Verdict.require(
                    counter.events() == counter.version(), "An event was counted twice or out of order: %s", counter);
            total += counter.events();
        }
        return total;
    }

    static Map<StreamId, Counter> read(Connection connection) throws SQLException {
        var counters = new HashMap<StreamId, Counter>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT stream, n, version FROM counters")) {
            while (rows.next()) {
                counters.put(new StreamId(rows.getString(1)), new Counter(rows.getLong(2), rows.getLong(3)));
            }
        }
        return counters;
    }
}
