package dev.headwater.postgres.process;

import static dev.headwater.postgres.process.PostgresProcessStorage.micros;

import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.workflow.ProcessFilter;
import dev.headwater.workflow.ProcessInstance;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.spi.Unfinished;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of instances, as people see them. */
final class InstanceList {

    private static final String SELECT = """
            SELECT p.process, p.version, p.id, p.state, p.stage, p.waiting_for, p.due, p.since, p.started, p.ended,
                p.problem, p.attributes
            FROM {schema}.process_instances p WHERE true""";

    /** Complete ones are what is left when the others are taken away, which have an index of their own. */
    private static final String COUNT = """
            WITH others AS MATERIALIZED (
                SELECT process, state, count(*) AS number FROM {schema}.process_instances
                WHERE state <> 'COMPLETED' GROUP BY process, state)
            SELECT process, state, number FROM others
            UNION ALL
            SELECT a.process, 'COMPLETED',
                a.number - coalesce((SELECT sum(o.number) FROM others o WHERE o.process = a.process), 0)
            FROM (SELECT process, count(*) AS number FROM {schema}.process_instances GROUP BY process) a""";

    private static final String UNFINISHED = """
            SELECT process, version, count(*), count(due),
                (extract(epoch FROM now() - min(due)) * 1000000)::bigint,
                (extract(epoch FROM now() - min(since) FILTER (
                    WHERE due IS NULL AND waiting_for = '' AND state IN ('RUNNING', 'RETRYING', 'COMPENSATING'))) * 1000000)::bigint
            FROM {schema}.process_instances
            WHERE state <> 'COMPLETED' AND ended IS NULL
            GROUP BY process, version ORDER BY process, version""";

    /** The last character of all, behind every id that begins with a prefix. */
    private static final String LAST = new String(Character.toChars(Character.MAX_CODE_POINT));

    private final String select;
    private final String count;
    private final String unfinished;

    InstanceList(Schema schema) {
        this.select = schema.in(SELECT);
        this.count = schema.in(COUNT);
        this.unfinished = schema.in(UNFINISHED);
    }

    /** Takes a number of instances. */
    interface Counting {
        void count(String process, ProcessState state, long number);
    }

    Optional<ProcessInstance> find(Connection connection, String process, String id) throws SQLException {
        var sql = select + " AND p.process = ? AND p.id = ?";
        return PostgresProcessStorage.query(connection, sql, Parameters.of(process, id), InstanceList::instance)
                .stream()
                .findFirst();
    }

    List<ProcessInstance> list(Connection connection, ProcessFilter filter, Optional<ProcessInstance> after, int limit)
            throws SQLException {
        var sql = new StringBuilder(select);
        var values = new Parameters();
        filter.process().ifPresent(process -> add(sql, values, "p.process = ?", process));
        filter.version().ifPresent(version -> add(sql, values, "p.version = ?", version));
        filter.stage().ifPresent(stage -> add(sql, values, "p.stage = ?", stage));
        addStates(sql, values, filter);
        if (!filter.idPrefix().isEmpty()) {
            add(sql, values, "p.id >= ?", filter.idPrefix());
            add(sql, values, "p.id < ?", filter.idPrefix() + LAST);
        }
        if (!filter.attributes().isEmpty()) {
            add(sql, values, "p.attributes @> ?::jsonb", String.valueOf(Attributes.write(filter.attributes())));
        }
        if (!filter.words().waitingFor().isEmpty()) {
            add(sql, values, "position(? IN p.waiting_for) > 0", filter.words().waitingFor());
        }
        if (!filter.words().problem().isEmpty()) {
            add(sql, values, "position(? IN p.problem) > 0", filter.words().problem());
        }
        filter.startedFor()
                .ifPresent(age -> add(sql, values, "p.started <= now() - ? * interval '1 microsecond'", micros(age)));
        filter.unchangedFor()
                .ifPresent(age -> add(sql, values, "p.since <= now() - ? * interval '1 microsecond'", micros(age)));
        after.ifPresent(last -> {
            sql.append(" AND (p.process, p.started, p.id) > (?, ?, ?)");
            values.add(last.process());
            values.add(last.started().atOffset(ZoneOffset.UTC));
            values.add(last.id());
        });
        sql.append(" ORDER BY p.process, p.started, p.id LIMIT ?");
        values.add(limit);
        return PostgresProcessStorage.query(connection, sql.toString(), values, InstanceList::instance);
    }

    /** One state alone is looked for in its index, in order. */
    private static void addStates(StringBuilder sql, Parameters values, ProcessFilter filter) {
        var states = filter.states().stream().map(Enum::name).sorted().toList();
        if (states.size() == 1) {
            add(sql, values, "p.state = ?", states.getFirst());
        } else if (!states.isEmpty()) {
            sql.append(" AND p.state = ANY (?)");
            values.addTexts(states);
        }
        if (!states.isEmpty() && !filter.states().contains(ProcessState.COMPLETED)) {
            sql.append(" AND p.state <> 'COMPLETED'");
        }
    }

    private static void add(StringBuilder sql, Parameters values, String condition, Object value) {
        sql.append(" AND ").append(condition);
        values.add(value);
    }

    void count(Connection connection, Counting counting) throws SQLException {
        try (var statement = connection.prepareStatement(count);
                var row = statement.executeQuery()) {
            while (row.next()) {
                if (row.getLong(3) > 0) {
                    counting.count(row.getString(1), ProcessState.valueOf(row.getString(2)), row.getLong(3));
                }
            }
        }
    }

    List<Unfinished> unfinished(Connection connection) throws SQLException {
        var all = new ArrayList<Unfinished>();
        try (var statement = connection.prepareStatement(unfinished);
                var row = statement.executeQuery()) {
            while (row.next()) {
                all.add(new Unfinished(
                        row.getString(1),
                        row.getInt(2),
                        row.getLong(3),
                        row.getLong(4),
                        duration(row, 5).filter(late -> !late.isNegative()),
                        duration(row, 6)));
            }
        }
        return all;
    }

    private static Optional<Duration> duration(ResultSet row, int column) throws SQLException {
        long micros = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Duration.of(micros, ChronoUnit.MICROS));
    }

    private static ProcessInstance instance(ResultSet row) throws SQLException {
        return new ProcessInstance(
                row.getString(1),
                row.getInt(2),
                row.getString(3),
                ProcessState.valueOf(row.getString(4)),
                row.getString(5),
                row.getString(6),
                time(row, 7),
                time(row, 8).orElseThrow(),
                time(row, 9).orElseThrow(),
                time(row, 10),
                Optional.ofNullable(row.getString(11)),
                Attributes.read(row.getString(12)));
    }

    private static Optional<Instant> time(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }
}
