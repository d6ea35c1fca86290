package dev.headwater.benchmarks;

import dev.headwater.MessageType;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * The limit for subscriptions: a loop written by hand that reads pages of the same size, parses the JSON into the same
 * records, and moves one checkpoint row in the transaction of each page.
 *
 * <p>It has no segments, no leases, no order to keep and nothing to fall back on when a handler fails.
 */
final class RawReplay {

    private static final String SELECT = "SELECT " + RawEvent.COLUMNS
            + " FROM headwater.events WHERE position > ? ORDER BY position LIMIT " + Replay.PAGE;

    private static final String UPSERT = """
            INSERT INTO counters AS c (key, events) SELECT * FROM unnest(?, ?)
            ON CONFLICT (key) DO UPDATE SET events = c.events + excluded.events""";

    private final Map<String, ObjectReader> readers = new HashMap<>();

    private RawReplay() {
        var mapper = JsonMapper.builder().build();
        for (var type : OrderEvent.class.getPermittedSubclasses()) {
            readers.put(type.getAnnotation(MessageType.class).value(), mapper.readerFor(type));
        }
    }

    /** What is done with a page. */
    @FunctionalInterface
    private interface Page {
        void write(List<RawEvent> events) throws SQLException;
    }

    static void createCheckpoint(String url) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE raw_checkpoint (position bigint NOT NULL)");
            statement.execute("INSERT INTO raw_checkpoint VALUES (0)");
        }
    }

    /** Replay into a handler that does nothing. */
    static Measurement decode(String url, Pace pace) throws Exception {
        try (var connection = connect(url)) {
            var replay = new RawReplay();
            return Passes.run(pace, () -> replay.pass(connection, events -> {}));
        }
    }

    /** Replay into {@link Counters}, with one statement for each page. */
    static Measurement count(String url, Pace pace) throws Exception {
        try (var connection = connect(url);
                var upsert = connection.prepareStatement(UPSERT)) {
            var replay = new RawReplay();
            return Passes.run(pace, () -> {
                Counters.clear(url);
                long events = replay.pass(connection, page -> upsert(upsert, page));
                Replay.requireAll(events, Counters.sum(url));
                return events;
            });
        }
    }

    private static void upsert(PreparedStatement upsert, List<RawEvent> events) throws SQLException {
        var counts = new HashMap<String, Long>();
        for (var event : events) {
            counts.merge(event.stream(), 1L, Long::sum);
        }
        var connection = upsert.getConnection();
        upsert.setArray(1, connection.createArrayOf("text", counts.keySet().toArray(String[]::new)));
        upsert.setArray(2, connection.createArrayOf("int8", counts.values().toArray(Long[]::new)));
        upsert.executeUpdate();
    }

    private static Connection connect(String url) throws SQLException {
        var connection = RawTable.connect(url);
        connection.setAutoCommit(false);
        return connection;
    }

    private long pass(Connection connection, Page page) throws SQLException {
        var sink = new Sink();
        try (var select = connection.prepareStatement(SELECT);
                var checkpoint = connection.prepareStatement("UPDATE raw_checkpoint SET position = ?")) {
            long position = 0;
            List<RawEvent> events;
            do {
                events = read(select, position);
                for (var event : events) {
                    sink.take(decode(event));
                }
                if (!events.isEmpty()) {
                    position = events.getLast().position();
                    page.write(events);
                    checkpoint.setLong(1, position);
                    checkpoint.executeUpdate();
                }
                connection.commit();
            } while (events.size() == Replay.PAGE);
        }
        return sink.count();
    }

    private static List<RawEvent> read(PreparedStatement select, long position) throws SQLException {
        var events = new ArrayList<RawEvent>(Replay.PAGE);
        select.setLong(1, position);
        try (var rows = select.executeQuery()) {
            while (rows.next()) {
                events.add(RawEvent.read(rows));
            }
        }
        return events;
    }

    private Object decode(RawEvent event) {
        var reader = readers.get(event.type());
        if (reader == null) {
            throw new IllegalStateException("An event of the type " + event.type() + " in a log of orders");
        }
        return reader.readValue(event.data());
    }
}
