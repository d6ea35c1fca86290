package dev.headwater.postgres.delivery;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The table of effects that are done while their events are not. */
final class EffectTable {

    private static final String RECORD =
            "INSERT INTO {schema}.effects (subscription, position, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";

    private static final String NAMES = "SELECT name FROM {schema}.effects WHERE subscription = ? AND position = ?";

    private static final String FORGET = "DELETE FROM {schema}.effects WHERE subscription = ? AND position = ANY (?)";

    private static final String RETAIN_THOSE_OF_LETTERS = """
            DELETE FROM {schema}.effects e WHERE e.subscription = ? AND NOT EXISTS (
                SELECT FROM {schema}.dead_letters d WHERE d.subscription = e.subscription AND d.position = e.position)""";

    private final String record;
    private final String names;
    private final String forget;
    private final String retainThoseOfLetters;

    EffectTable(Schema schema) {
        this.record = schema.in(RECORD);
        this.names = schema.in(NAMES);
        this.forget = schema.in(FORGET);
        this.retainThoseOfLetters = schema.in(RETAIN_THOSE_OF_LETTERS);
    }

    void record(Connections connections, String subscription, long position, String name) {
        try {
            connections.with(connection -> update(connection, record, subscription, position, name));
        } catch (SQLException e) {
            throw SqlErrors.failed("Recording an effect of '" + subscription + "'", e);
        }
    }

    Set<String> names(Connections connections, String subscription, long position) {
        try {
            return connections.with(connection -> {
                var found = new HashSet<String>();
                try (var statement = Parameters.of(subscription, position).prepare(connection, names);
                        var row = statement.executeQuery()) {
                    while (row.next()) {
                        found.add(row.getString(1));
                    }
                }
                return found;
            });
        } catch (SQLException e) {
            throw SqlErrors.failed("Reading the effects of '" + subscription + "'", e);
        }
    }

    void forget(Connection connection, String subscription, List<Long> positions) throws SQLException {
        if (!positions.isEmpty()) {
            update(connection, forget, subscription, positions.toArray(Long[]::new));
        }
    }

    int retainThoseOfLetters(Connection connection, String subscription) throws SQLException {
        return update(connection, retainThoseOfLetters, subscription);
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = Parameters.of(values).prepare(connection, sql)) {
            return statement.executeUpdate();
        }
    }
}
