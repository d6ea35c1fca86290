package dev.headwater.postgres.faults;

import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A read model that cannot hide a mistake: it adds the events of each page to the counter of their stream, so an event
 * that is handled twice or not at all stays visible for ever.
 */
final class Counters implements Projection<Connection> {

    static final String SUBSCRIPTION = "counters";

    /**
     * The read model as one transaction sees it.
     *
     * @param position the last event that went into it
     * @param counts the number of events by stream
     */
    record State(long position, Map<String, Long> counts) {}

    static void create(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE counters (stream text PRIMARY KEY, n bigint NOT NULL);
                    CREATE TABLE counted (position bigint NOT NULL);
                    INSERT INTO counted VALUES (0);
                    """);
        }
    }

    @Override
    public void project(List<StoredEvent> events, Connection transaction) throws SQLException {
        var added = events.stream()
                .collect(Collectors.groupingBy(event -> event.stream().name(), TreeMap::new, Collectors.counting()));
        try (var count = transaction.prepareStatement("""
                        INSERT INTO counters AS c SELECT unnest(?::text[]), unnest(?::bigint[])
                        ON CONFLICT (stream) DO UPDATE SET n = c.n + excluded.n""");
                var remember = transaction.prepareStatement("UPDATE counted SET position = ?")) {
            count.setArray(1, transaction.createArrayOf("text", added.keySet().toArray()));
            count.setArray(2, transaction.createArrayOf("int8", added.values().toArray()));
            count.executeUpdate();
            remember.setLong(1, events.getLast().position());
            remember.executeUpdate();
        }
    }

    static State read(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (var statement = connection.createStatement()) {
            long position;
            try (var row = statement.executeQuery("SELECT position FROM counted")) {
                row.next();
                position = row.getLong(1);
            }
            var counts = new TreeMap<String, Long>();
            try (var rows = statement.executeQuery("SELECT stream, n FROM counters")) {
                while (rows.next()) {
                    counts.put(rows.getString(1), rows.getLong(2));
                }
            }
            connection.commit();
            return new State(position, counts);
        }
    }
}
