package dev.headwater.postgres.delivery;

import dev.headwater.postgres.jdbc.Schema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The table of effects that are done while their events are not. */
final class EffectTable {

    /** What comes when the event is done with, from one who has lost it, would stay for ever: it is not written. */
    private static final String RECORD = """
            INSERT INTO {schema}.effects (subscription, position, name)
            SELECT e.subscription, e.position, e.name
            FROM (SELECT ?::text AS subscription, ?::bigint AS position, ?::text AS name) e
            WHERE EXISTS (
                    SELECT FROM {schema}.subscription_progress p
                    WHERE p.subscription = e.subscription AND (p.position < e.position OR p.open IS NOT NULL))
                OR EXISTS (
                    SELECT FROM {schema}.dead_letters d
                    WHERE d.subscription = e.subscription AND d.position = e.position)
            ON CONFLICT DO NOTHING""";

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

    void record(LimitedConnections connections, String subscription, long position, String name) {
        connections.update("Recording an effect of '" + subscription + "'", record, subscription, position, name);
    }

    Set<String> names(LimitedConnections connections, String subscription, long position) {
        return new HashSet<>(connections.query(
                "Reading the effects of '" + subscription + "'",
                row -> row.getString(1),
                names,
                subscription,
                position));
    }

    void forget(Connection connection, String subscription, List<Long> positions) throws SQLException {
        if (!positions.isEmpty()) {
            LimitedConnections.update(connection, forget, subscription, positions.toArray(Long[]::new));
        }
    }

    int retainThoseOfLetters(Connection connection, String subscription) throws SQLException {
        return LimitedConnections.update(connection, retainThoseOfLetters, subscription);
    }
}
