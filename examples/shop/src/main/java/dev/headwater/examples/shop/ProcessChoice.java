package dev.headwater.examples.shop;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Which style of the order process a database was begun with: another one would not know of the orders on their way.
 */
final class ProcessChoice {

    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtext('dev.headwater.examples.shop'))";

    private static final String TABLE = """
            CREATE TABLE IF NOT EXISTS shop.process_choice (
                is_made boolean PRIMARY KEY CHECK (is_made),
                style text NOT NULL
            )""";

    /** A restored log has chosen already. The dot follows the dash that the names of a style end with. */
    private static final String IN_LOG = """
            SELECT known.style FROM unnest(?, ?) AS known (style, streams)
            WHERE EXISTS (
                SELECT FROM headwater.streams
                WHERE name > known.streams AND name < left(known.streams, -1) || '.')""";

    private static final String CHOOSE =
            "INSERT INTO shop.process_choice (is_made, style) VALUES (true, ?) ON CONFLICT DO NOTHING";

    private static final String CHOSEN = "SELECT style FROM shop.process_choice";

    private ProcessChoice() {}

    /**
     * Makes the choice, or finds that it was made.
     *
     * @throws UnusableDatabaseException when another style was chosen before
     */
    static void make(ProcessStyle style, DataSource dataSource) throws SQLException {
        var chosen = choose(style, dataSource);
        if (!chosen.equals(style.toString())) {
            throw new UnusableDatabaseException("The orders in this database were begun with --process " + chosen
                    + ": go on with that, or use another database for --process " + style);
        }
    }

    private static String choose(ProcessStyle style, DataSource dataSource) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                var chosen = choose(style, connection);
                connection.commit();
                return chosen;
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    private static String choose(ProcessStyle style, Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(LOCK);
            statement.execute(TABLE);
        }
        try (var choose = connection.prepareStatement(CHOOSE)) {
            choose.setString(1, inLog(connection).orElse(style.toString()));
            choose.executeUpdate();
        }
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(CHOSEN)) {
            row.next();
            return row.getString("style");
        }
    }

    private static Optional<String> inLog(Connection connection) throws SQLException {
        var styles = Stream.of(ProcessStyle.values()).map(ProcessStyle::toString);
        var streams = Stream.of(ProcessStyle.values()).map(ProcessStyle::streams);
        try (var find = connection.prepareStatement(IN_LOG)) {
            find.setArray(1, connection.createArrayOf("text", styles.toArray()));
            find.setArray(2, connection.createArrayOf("text", streams.toArray()));
            try (var row = find.executeQuery()) {
                return row.next() ? Optional.of(row.getString("style")) : Optional.empty();
            }
        }
    }
}
