package dev.headwater.benchmarks;

import java.sql.DriverManager;
import java.sql.SQLException;

/** The read model: how many events each key has. */
final class Counters {

    static final String TABLE = "counters";

    private Counters() {}

    static void create(String url) throws SQLException {
        execute(url, "CREATE TABLE counters (key text PRIMARY KEY, events bigint NOT NULL)");
    }

    static void clear(String url) throws SQLException {
        execute(url, "TRUNCATE counters");
    }

    /** How many events were counted. */
    static long sum(String url) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT coalesce(sum(events), 0) FROM counters")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void execute(String url, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
