package dev.headwater.postgres.migration;

import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.jdbc.Pooler;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.PreferQueryMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of a session that the store depends on, and that a role, a database or a connection may have otherwise.
 */
public final class SessionSettings {

    private static final Logger LOG = LoggerFactory.getLogger(SessionSettings.class);

    private static final String UNFIT = """
            SELECT name, setting,
                CASE name WHEN 'default_transaction_isolation' THEN 'read committed'
                    WHEN 'default_transaction_read_only' THEN 'off' ELSE 'on' END
            FROM pg_settings
            WHERE name = 'default_transaction_isolation' AND setting <> 'read committed'
                OR name = 'default_transaction_read_only' AND setting <> 'off'
                OR name = 'standard_conforming_strings' AND setting <> 'on'
            ORDER BY name""";

    private SessionSettings() {}

    private record Unfit(String name, String found, String wanted) {

        String set() {
            return name + " = '" + wanted + "'";
        }
    }

    /**
     * The statements that a session of this database has to begin with; empty when it is fit as it is.
     *
     * @throws PostgresException when what is needed cannot be set
     */
    public static Optional<String> repair(Connection connection) throws SQLException {
        requirePreparedStatements(connection);
        var unfit = unfit(connection);
        if (unfit.isEmpty()) {
            return Optional.empty();
        }
        if (Pooler.standsBefore(connection)) {
            throw refusal(
                    connection,
                    unfit,
                    "behind a connection pooler they cannot be set for the connections of the store");
        }
        return Optional.of(unfit.stream().map(each -> "SET " + each.set()).collect(Collectors.joining("; ")));
    }

    /** Refuses a connection whose settings are not fit. */
    public static void require(Connection connection) throws SQLException {
        requirePreparedStatements(connection);
        var unfit = unfit(connection);
        if (!unfit.isEmpty()) {
            throw refusal(connection, unfit, "the connections are the application's own");
        }
    }

    /** Says what a pooler between here and the server needs; which kind it is cannot be told from here. */
    public static void warnOfPooler(Connection connection) throws SQLException {
        if (connection.unwrap(PGConnection.class).getPrepareThreshold() != 0 && Pooler.standsBefore(connection)) {
            LOG.warn("A connection pooler stands before the server. If it gives a session another server process for"
                    + " each transaction, it has to know prepared statements (PgBouncer from 1.21, with"
                    + " max_prepared_statements above 0), or the driver has to do without: prepareThreshold=0");
        }
    }

    private static void requirePreparedStatements(Connection connection) throws SQLException {
        if (connection.unwrap(PGConnection.class).getPreferQueryMode() == PreferQueryMode.SIMPLE) {
            throw new PostgresException(
                    "The connection has preferQueryMode=simple, which sends the statements of an append one by one, so"
                            + " that its lock is gone before it inserts: take that out of the settings of the driver,"
                            + " and set prepareThreshold=0 where a pooler does not know prepared statements",
                    null);
        }
    }

    private static List<Unfit> unfit(Connection connection) throws SQLException {
        var unfit = new ArrayList<Unfit>();
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(UNFIT)) {
            while (row.next()) {
                unfit.add(new Unfit(row.getString(1), row.getString(2), row.getString(3)));
            }
        }
        return unfit;
    }

    private static PostgresException refusal(Connection connection, List<Unfit> unfit, String why) throws SQLException {
        var role = connection.getMetaData().getUserName().replace("\"", "\"\"");
        return new PostgresException(
                "The sessions of this database have "
                        + unfit.stream()
                                .map(each -> each.name() + " = '" + each.found() + "'")
                                .collect(Collectors.joining(", "))
                        + ", with which the store cannot work, and " + why
                        + ": change the settings of the data source, or those of the role, with\n"
                        + unfit.stream()
                                .map(each -> "ALTER ROLE \"" + role + "\" SET " + each.set() + ";")
                                .collect(Collectors.joining("\n")),
                null);
    }
}
