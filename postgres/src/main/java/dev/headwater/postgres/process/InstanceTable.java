package dev.headwater.postgres.process;

import static dev.headwater.postgres.process.PostgresProcessStorage.micros;

import dev.headwater.Metadata;
import dev.headwater.MetadataJson;
import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.spi.EndedTime;
import dev.headwater.workflow.spi.InstanceChange;
import dev.headwater.workflow.spi.StoredInstance;
import dev.headwater.workflow.spi.TimeLimit;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The rows of instances, as they are read and written while events are taken. */
final class InstanceTable {

    private static final String LOAD = """
            SELECT i.id, i.version, i.state, i.stage, i.data, i.correlation_id, i.metadata, i.timer,
                i.due IS NOT NULL, i.position
            FROM unnest(?) AS w (id)
            CROSS JOIN LATERAL (
                SELECT p.* FROM {schema}.process_instances p WHERE p.process = ? AND p.id = w.id OFFSET 0) i""";

    /** A time limit that goes on arrives as the earliest time of all. */
    private static final String SAVE = """
            INSERT INTO {schema}.process_instances AS p (process, id, version, state, stage, waiting_for, timer, due,
                position, started, since, ended, correlation_id, metadata, problem, attributes, data)
            SELECT ?, c.id, c.version, c.state, c.stage, c.waiting_for, c.timer,
                CASE c.limit_kind WHEN 0 THEN '-infinity' WHEN 2 THEN now() + c.micros * interval '1 microsecond' END,
                c.position, now(), now(), CASE WHEN c.ended THEN now() END,
                c.correlation_id::uuid, c.metadata::json, c.problem, c.attributes::jsonb, c.data::json
            FROM (
                SELECT unnest(?::text[]) AS id, unnest(?::int[]) AS version, unnest(?::text[]) AS state,
                    unnest(?::text[]) AS stage, unnest(?::text[]) AS waiting_for, unnest(?::bigint[]) AS timer,
                    unnest(?::bigint[]) AS limit_kind, unnest(?::bigint[]) AS micros,
                    unnest(?::bigint[]) AS position, unnest(?::bigint[]) = 1 AS ended,
                    unnest(?::text[]) AS correlation_id, unnest(?::text[]) AS metadata,
                    unnest(?::text[]) AS problem, unnest(?::text[]) AS attributes, unnest(?::text[]) AS data) c
            ON CONFLICT (process, id) DO UPDATE
            SET version = excluded.version, state = excluded.state, stage = excluded.stage,
                waiting_for = excluded.waiting_for, timer = excluded.timer,
                due = CASE WHEN excluded.due = '-infinity' THEN p.due ELSE excluded.due END,
                position = excluded.position,
                since = CASE WHEN (p.state, p.stage, p.waiting_for)
                        = (excluded.state, excluded.stage, excluded.waiting_for)
                        AND (excluded.due IS NULL OR excluded.due = '-infinity')
                    THEN p.since ELSE excluded.since END,
                ended = CASE WHEN excluded.ended IS NOT NULL THEN coalesce(p.ended, excluded.ended) END,
                correlation_id = excluded.correlation_id, metadata = excluded.metadata, problem = excluded.problem,
                attributes = excluded.attributes, data = excluded.data""";

    private static final String TAKE_DUE = """
            WITH d AS MATERIALIZED (
                SELECT p.ctid AS place, p.process, p.id, p.timer, p.due FROM {schema}.process_instances p
                WHERE p.due <= now() ORDER BY p.due LIMIT ? FOR UPDATE SKIP LOCKED),
            u AS (
                UPDATE {schema}.process_instances SET due = now() + ? * interval '1 microsecond'
                WHERE ctid = ANY (ARRAY(SELECT place FROM d)))
            SELECT process, id, timer FROM d ORDER BY due""";

    private static final String REMOVE_ENDED = """
            DELETE FROM {schema}.process_instances WHERE ctid = ANY (ARRAY(
                SELECT p.ctid FROM {schema}.process_instances p
                WHERE p.ended <= now() - ? * interval '1 microsecond' LIMIT ? FOR UPDATE SKIP LOCKED))""";

    private final String load;
    private final String save;
    private final String takeDue;
    private final String removeEnded;

    InstanceTable(Schema schema) {
        this.load = schema.in(LOAD);
        this.save = schema.in(SAVE);
        this.takeDue = schema.in(TAKE_DUE);
        this.removeEnded = schema.in(REMOVE_ENDED);
    }

    Map<String, StoredInstance> load(Connection connection, String process, Collection<String> ids)
            throws SQLException {
        var values = new Parameters();
        values.addTexts(ids);
        values.add(process);
        var found = new HashMap<String, StoredInstance>();
        PostgresProcessStorage.query(connection, load, values, InstanceTable::stored)
                .forEach(instance -> found.put(instance.id(), instance));
        return found;
    }

    private static StoredInstance stored(ResultSet row) throws SQLException {
        @Nullable UUID correlation = row.getObject(6, UUID.class);
        @Nullable String metadata = row.getString(7);
        return new StoredInstance(
                row.getString(1),
                row.getInt(2),
                ProcessState.valueOf(row.getString(3)),
                row.getString(4),
                row.getString(5),
                MetadataJson.read(correlation, null, metadata),
                row.getLong(8),
                row.getBoolean(9),
                row.getLong(10));
    }

    void save(Connection connection, String process, Collection<InstanceChange> changes) throws SQLException {
        var columns = new Columns(List.copyOf(changes));
        var values = Parameters.of(process);
        values.add(columns.texts(InstanceChange::id));
        values.add(columns.numbers(InstanceChange::version));
        values.add(columns.texts(change -> change.state().name()));
        values.add(columns.texts(InstanceChange::stage));
        values.add(columns.texts(InstanceChange::waitingFor));
        values.add(columns.numbers(InstanceChange::timer));
        values.add(columns.numbers(change -> kind(change.limit())));
        values.add(columns.numbers(change -> change.limit() instanceof TimeLimit.In in ? micros(in.duration()) : 0));
        values.add(columns.numbers(InstanceChange::position));
        values.add(columns.numbers(change -> change.state().isEnded() ? 1 : 0));
        values.add(columns.texts(change -> correlation(change.context())));
        values.add(columns.texts(change -> MetadataJson.write(change.context())));
        values.add(columns.texts(change -> change.problem().orElse(null)));
        values.add(columns.texts(change -> Attributes.write(change.attributes())));
        values.add(columns.texts(InstanceChange::data));
        try (var statement = values.prepare(connection, save)) {
            statement.executeUpdate();
        }
    }

    private static @Nullable String correlation(Metadata context) {
        var id = context.correlationId();
        return id == null ? null : id.toString();
    }

    private static long kind(TimeLimit limit) {
        return switch (limit) {
            case TimeLimit.Unchanged() -> 0;
            case TimeLimit.None() -> 1;
            case TimeLimit.In(var duration) -> 2;
        };
    }

    List<EndedTime> takeDue(Connection connection, int limit, Duration again) throws SQLException {
        return PostgresProcessStorage.query(
                connection,
                takeDue,
                Parameters.of(limit, micros(again)),
                row -> new EndedTime(row.getString(1), row.getString(2), row.getLong(3)));
    }

    int removeEnded(Connection connection, Duration endedFor, int limit) throws SQLException {
        try (var statement = Parameters.of(micros(endedFor), limit).prepare(connection, removeEnded)) {
            return statement.executeUpdate();
        }
    }

    /** Rows turned into arrays, one for each column. */
    private record Columns(List<InstanceChange> rows) {

        @Nullable
        String[] texts(Function<InstanceChange, @Nullable String> column) {
            return rows.stream().map(column).toArray(String[]::new);
        }

        Long[] numbers(ToLongFunction<InstanceChange> column) {
            return rows.stream().mapToLong(column).boxed().toArray(Long[]::new);
        }
    }
}
