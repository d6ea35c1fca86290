package dev.headwater.postgres;

import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Dead letters in their table. Thread-safe. */
final class PostgresDeadLetters implements DeadLetters {

    /** Only the first letter of a sequence is due; those behind it follow. */
    private static final String DUE = """
            CASE WHEN NOT EXISTS (
                SELECT FROM {schema}.dead_letters f
                WHERE f.subscription = d.subscription AND f.sequence_key = d.sequence_key AND f.position < d.position)
            THEN now() END""";

    private static final String DECIDE = """
            WITH decided AS (
                UPDATE {schema}.dead_letters d SET state = ?, next_retry = {due}
                WHERE d.state <> 'DISCARDED' AND {condition}
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
        this.decide = schema.in(DECIDE.replace("{due}", DUE));
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
        return decide(filter, " AND d.fingerprint IS NOT NULL", DeadLetter.State.RETRYING, "retry", who, "");
    }

    @Override
    public int discard(DeadLetterFilter filter, String who, String reason) {
        return decide(filter, "", DeadLetter.State.DISCARDED, "discard", who, reason);
    }

    private int decide(
            DeadLetterFilter filter, String also, DeadLetter.State state, String decision, String who, String reason) {
        var parameters = new Parameters();
        parameters.add(state.name());
        var sql = decide.replace("{condition}", DeadLetterTable.condition(filter, parameters) + also);
        parameters.add(decision);
        parameters.add(who);
        parameters.add(reason);
        return with("Deciding about dead letters", connection -> {
            try (var statement = parameters.prepare(connection, sql)) {
                return statement.executeUpdate();
            }
        });
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
