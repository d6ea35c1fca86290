package dev.headwater.postgres.process;

import static dev.headwater.postgres.process.PostgresProcessStorage.micros;

import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.workflow.UnclaimedEvent;
import dev.headwater.workflow.spi.NoClaim;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The events that no instance took. */
final class UnclaimedTable {

    private static final String SELECT = """
            SELECT u.process, u.id, u.position, u.type, u.reason, u.answered, u.noted_at
            FROM {schema}.process_unclaimed u WHERE true""";

    private static final String SAVE = """
            INSERT INTO {schema}.process_unclaimed (process, position, id, type, reason, answered)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""";

    private static final String REMOVE = """
            DELETE FROM {schema}.process_unclaimed WHERE ctid = ANY (ARRAY(
                SELECT u.ctid FROM {schema}.process_unclaimed u
                WHERE u.noted_at <= now() - ? * interval '1 microsecond' LIMIT ? FOR UPDATE SKIP LOCKED))""";

    private final String select;
    private final String save;
    private final String count;
    private final String remove;

    UnclaimedTable(Schema schema) {
        this.select = schema.in(SELECT);
        this.save = schema.in(SAVE);
        this.count = schema.in("SELECT process, count(*) FROM {schema}.process_unclaimed GROUP BY process");
        this.remove = schema.in(REMOVE);
    }

    void save(Connection connection, String process, Collection<NoClaim> events) throws SQLException {
        try (var statement = connection.prepareStatement(save)) {
            for (var event : events) {
                Parameters.of(
                                process,
                                event.position(),
                                event.id(),
                                event.type(),
                                event.reason().name(),
                                event.answered())
                        .bind(statement);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    List<UnclaimedEvent> list(
            Connection connection, Optional<String> process, Optional<UnclaimedEvent> after, int limit)
            throws SQLException {
        var sql = new StringBuilder(select);
        var values = new Parameters();
        process.ifPresent(name -> {
            sql.append(" AND u.process = ?");
            values.add(name);
        });
        after.ifPresent(last -> {
            sql.append(" AND (u.process, u.position, u.id) > (?, ?, ?)");
            values.add(last.process());
            values.add(last.position());
            values.add(last.id());
        });
        sql.append(" ORDER BY u.process, u.position, u.id LIMIT ?");
        values.add(limit);
        return PostgresProcessStorage.query(connection, sql.toString(), values, UnclaimedTable::event);
    }

    List<UnclaimedEvent> of(Connection connection, String process, String id, int limit) throws SQLException {
        var sql = select + " AND u.process = ? AND u.id = ? ORDER BY u.position LIMIT ?";
        return PostgresProcessStorage.query(connection, sql, Parameters.of(process, id, limit), UnclaimedTable::event);
    }

    private static UnclaimedEvent event(ResultSet row) throws SQLException {
        return new UnclaimedEvent(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                row.getString(4),
                UnclaimedEvent.Reason.valueOf(row.getString(5)),
                row.getBoolean(6),
                row.getObject(7, OffsetDateTime.class).toInstant());
    }

    Map<String, Long> count(Connection connection) throws SQLException {
        var counts = new TreeMap<String, Long>();
        try (var statement = connection.prepareStatement(count);
                var row = statement.executeQuery()) {
            while (row.next()) {
                counts.put(row.getString(1), row.getLong(2));
            }
        }
        return counts;
    }

    int removeOld(Connection connection, Duration age, int limit) throws SQLException {
        try (var statement = Parameters.of(micros(age), limit).prepare(connection, remove)) {
            return statement.executeUpdate();
        }
    }
}
