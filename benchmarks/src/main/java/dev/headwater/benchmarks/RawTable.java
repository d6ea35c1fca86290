package dev.headwater.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * The table that the raw side writes to: columns and indexes of Headwater's events, positions from a sequence.
 *
 * <p>There is no table of streams, no check of versions and no order that readers could rely on.
 */
final class RawTable {

    /** The columns that are not null, without the position. */
    static final String COLUMNS =
            "stream_id, version, time, id, schema_version, data_bytes, time_nanos, type, stream, data";

    private RawTable() {}

    /** Creates the table beside Headwater's, with the same rows in it. */
    static void createFrom(String url) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute("""
                    CREATE SCHEMA raw;
                    CREATE TABLE raw.events (LIKE headwater.events INCLUDING ALL);
                    CREATE SEQUENCE raw.position OWNED BY raw.events.position;
                    ALTER TABLE raw.events ALTER position SET DEFAULT nextval('raw.position');
                    INSERT INTO raw.events SELECT * FROM headwater.events;
                    SELECT setval('raw.position', (SELECT max(position) FROM raw.events))""");
        }
    }

    /** A connection for the raw side: statements are prepared on the server at once, with binary parameters. */
    static Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(ServerUrl.with(url, "prepareThreshold=1"));
    }

    /** The number of the last stream. */
    static long lastStream(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT coalesce(max(stream_id), 0) FROM raw.events")) {
            row.next();
            return row.getLong(1);
        }
    }
}
