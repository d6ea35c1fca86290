package dev.headwater.postgres;

import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Dead letters in their table. Thread-safe. */
final class PostgresDeadLetters implements DeadLetters {

    /**
     * Only the first letter of a sequence is due; those behind it follow. One that has become the first since this
     * statement began keeps the time that it was given then.
     */
    private static final String DECIDE = """
            WITH chosen AS (
                SELECT d.subscription, d.position, NOT EXISTS (
                    SELECT FROM {schema}.dead_letters f
                    WHERE f.subscription = d.subscription AND f.sequence_key = d.sequence_key
                        AND f.position < d.position) AS first
                FROM {schema}.dead_letters d
                WHERE d.state <> 'DISCARDED' AND {condition}),
            paced AS (
                SELECT subscription, position, CASE WHEN first
                    THEN now() + (row_number() OVER (PARTITION BY first ORDER BY subscription, position) - 1)
                        * ? * interval '1 microsecond' END AS turn
                FROM chosen),
            decided AS (
                UPDATE {schema}.dead_letters d SET state = ?, next_retry = coalesce(p.turn, d.next_retry)
                FROM paced p
                WHERE d.subscription = p.subscription AND d.position = p.position AND d.state <> 'DISCARDED'
                RETURNING d.subscription, d.position)
            INSERT INTO {schema}.dead_letter_decisions (subscription, position, decision, decided_by, reason)
            SELECT subscription, position, ?, ?, ? FROM decided""";

    private static final String COUNT = """
            SELECT count(*), count(DISTINCT (d.subscription, d.sequence_key)) FROM {schema}.dead_letters d WHERE\s""";

    private static final String BY_FINGERPRINT = """
            SELECT d.fingerprint, count(*) FROM {schema}.dead_letters d
            WHERE d.fingerprint IS NOT NULL AND {condition}
            GROUP BY d.fingerprint ORDER BY count(*) DESC, d.fingerprint""";

    private static final String HISTORY = """
            SELECT decided_at, decision, decided_by, reason FROM {schema}.dead_letter_decisions
            WHERE subscription = ? AND position = ? ORDER BY id""";

    private final Connections connections;
    private final DeadLetterTable table;
    private final String decide;
    private final String count;
    private final String byFingerprint;
    private final String history;

    PostgresDeadLetters(Connections connections, Schema schema) {
        this.connections = connections;
        this.table = new DeadLetterTable(schema);
        this.decide = schema.in(DECIDE);
        this.count = schema.in(COUNT);
        this.byFingerprint = schema.in(BY_FINGERPRINT);
        this.history = schema.in(HISTORY);
    }

    @Override
    public List<DeadLetter> list(DeadLetterFilter filter, int limit) {
        return table.list(connections, filter, Optional.empty(), limit);
    }

    @Override
    public List<DeadLetter> list(DeadLetterFilter filter, DeadLetter after, int limit) {
        return table.list(connections, filter, Optional.of(after), limit);
    }

    @Override
    public Count count(DeadLetterFilter filter) {
        var parameters = new Parameters();
        var sql = count + DeadLetterTable.condition(filter, parameters);
        return with("Counting dead letters", connection -> {
            try (var statement = parameters.prepare(connection, sql);
                    var row = statement.executeQuery()) {
                row.next();
                return new Count(row.getLong(1), row.getLong(2));
            }
        });
    }

    @Override
    public Map<String, Long> countByFingerprint(DeadLetterFilter filter) {
        var parameters = new Parameters();
        var sql = byFingerprint.replace("{condition}", DeadLetterTable.condition(filter, parameters));
        return with("Counting dead letters", connection -> {
            var counts = new LinkedHashMap<String, Long>();
            try (var statement = parameters.prepare(connection, sql);
                    var row = statement.executeQuery()) {
                while (row.next()) {
                    counts.put(row.getString(1), row.getLong(2));
                }
            }
            return counts;
        });
    }

    @Override
    public int retry(DeadLetterFilter filter, String who) {
        return retry(filter, Duration.ZERO, who);
    }

    @Override
    public int retry(DeadLetterFilter filter, Pace pace, String who) {
        return retry(filter, pace.spacing(), who);
    }

    private int retry(DeadLetterFilter filter, Duration spacing, String who) {
        var parameters = new Parameters();
        var sql = deciding(filter, " AND d.fingerprint IS NOT NULL", parameters);
        parameters.add(DeadLetterTable.micros(spacing));
        parameters.add(DeadLetter.State.RETRYING.name());
        add(parameters, "retry", who, "");
        return with("Retrying dead letters", connection -> update(connection, sql, parameters));
    }

    @Override
    public int discard(DeadLetterFilter filter, String who, String reason) {
        var parameters = new Parameters();
        var sql = deciding(filter, "", parameters);
        parameters.add(0L);
        parameters.add(DeadLetter.State.DISCARDED.name());
        add(parameters, "discard", who, reason);
        return with("Discarding dead letters", connection -> update(connection, sql, parameters));
    }

    private String deciding(DeadLetterFilter filter, String also, Parameters parameters) {
        return decide.replace("{condition}", DeadLetterTable.condition(filter, parameters) + also);
    }

    private static void add(Parameters parameters, String decision, String who, String reason) {
        parameters.add(decision);
        parameters.add(who);
        parameters.add(reason);
    }

    private static int update(Connection connection, String sql, Parameters parameters) throws SQLException {
        try (var statement = parameters.prepare(connection, sql)) {
            return statement.executeUpdate();
        }
    }

    @Override
    public List<Decision> history(String subscription, long position) {
        return with("Reading the history of a dead letter", connection -> {
            var decisions = new ArrayList<Decision>();
            try (var statement = Parameters.of(subscription, position).prepare(connection, history);
                    var row = statement.executeQuery()) {
                while (row.next()) {
                    decisions.add(new Decision(
                            row.getObject(1, OffsetDateTime.class).toInstant(),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4)));
                }
            }
            return decisions;
        });
    }

    private <R> R with(String what, Connections.Work<R> work) {
        try {
            return connections.with(work);
        } catch (SQLException e) {
            throw SqlErrors.failed(what, e);
        }
    }
}
