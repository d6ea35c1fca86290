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
        require(style.toString(), choose(style.toString(), true, dataSource));
    }

    /**
     * Makes the choice for several processes, or finds that it was made.
     *
     * @param arguments on the command line
     * @throws UnusableDatabaseException when the database was begun in another way
     */
    static void makeDistributed(String arguments, DataSource dataSource) throws SQLException {
        require(arguments, choose(arguments, false, dataSource));
    }

    private static void require(String wanted, String chosen) {
        if (!chosen.equals(wanted)) {
            throw new UnusableDatabaseException("The orders in this database were begun with " + argument(chosen)
                    + ": go on with that, or use another database for " + argument(wanted));
        }
    }

    private static String argument(String choice) {
        return choice.startsWith("--") ? choice : "--process " + choice;
    }

    private static String choose(String choice, boolean isInLog, DataSource dataSource) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                var chosen = choose(choice, isInLog, connection);
                connection.commit();
                return chosen;
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    private static String choose(String choice, boolean isInLog, Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(LOCK);
            statement.execute(TABLE);
        }
        try (var choose = connection.prepareStatement(CHOOSE)) {
            choose.setString(1, isInLog ? inLog(connection).orElse(choice) : choice);
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
