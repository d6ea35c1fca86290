package dev.headwater.postgres.delivery;

import dev.headwater.failure.Failure;
import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.store.AppendResult;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Dead letters in their table. Thread-safe. */
public final class PostgresDeadLetters implements DeadLetters {

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
            INSERT INTO {schema}.dead_letter_decisions
                (subscription, position, decision, decided_by, reason, correction)
            SELECT subscription, position, ?, ?, ?, ?::uuid FROM decided""";

    /** Whoever is first to correct a letter holds it until the new event is stored. */
    private static final String HOLD = """
            SELECT 1 FROM {schema}.dead_letters
            WHERE subscription = ? AND position = ? AND state <> 'DISCARDED' FOR UPDATE""";

    private static final String CORRECTED = """
            SELECT 1 FROM {schema}.dead_letter_decisions WHERE subscription = ? AND position = ? AND correction = ?""";

    private static final String COUNT = """
            SELECT count(*), count(DISTINCT (d.subscription, d.sequence_key)) FROM {schema}.dead_letters d WHERE\s""";

    private static final String BY_FINGERPRINT = """
            SELECT d.fingerprint, count(*) FROM {schema}.dead_letters d
            WHERE d.fingerprint IS NOT NULL AND {condition}
            GROUP BY d.fingerprint ORDER BY count(*) DESC, d.fingerprint""";

    private static final String HISTORY = """
            SELECT decided_at, decision, decided_by, reason, correction FROM {schema}.dead_letter_decisions
            WHERE subscription = ? AND position = ? ORDER BY id""";

    private static final String UNREDACTED = "d.fingerprint IS NOT NULL AND d.stack_trace <> ? AND d.stream = ANY (?)";

    private final Connections connections;
    private final ReentrantLock correcting = new ReentrantLock(true);
    private final DeadLetterTable table;
    private final String decide;
    private final String hold;
    private final String corrected;
    private final String count;
    private final String byFingerprint;
    private final String history;
    private final String redact;

    /** Keeps the letters in the tables of this schema. */
    public PostgresDeadLetters(Connections connections, Schema schema) {
        this.connections = connections;
        this.table = new DeadLetterTable(schema);
        this.decide = schema.in(DECIDE);
        this.hold = schema.in(HOLD);
        this.corrected = schema.in(CORRECTED);
        this.count = schema.in(COUNT);
        this.byFingerprint = schema.in(BY_FINGERPRINT);
        this.history = schema.in(HISTORY);
        this.redact = schema.in("UPDATE {schema}.dead_letters d SET message = ?, stack_trace = ? WHERE ") + UNREDACTED;
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
        add(parameters, "retry", who, "", null);
        return with("Retrying dead letters", connection -> update(connection, sql, parameters));
    }

    @Override
    public int discard(DeadLetterFilter filter, String who, String reason) {
        return with("Discarding dead letters", connection -> discard(connection, filter, "discard", who, reason, null));
    }

    private int discard(
            Connection connection,
            DeadLetterFilter filter,
            String decision,
            String who,
            String reason,
            @Nullable UUID correction)
            throws SQLException {
        var parameters = new Parameters();
        var sql = deciding(filter, "", parameters);
        parameters.add(0L);
        parameters.add(DeadLetter.State.DISCARDED.name());
        add(parameters, decision, who, reason, correction);
        return update(connection, sql, parameters);
    }

    private String deciding(DeadLetterFilter filter, String also, Parameters parameters) {
        return decide.replace("{condition}", DeadLetterTable.condition(filter, parameters) + also);
    }

    private static void add(
            Parameters parameters, String decision, String who, String reason, @Nullable UUID correction) {
        parameters.add(decision);
        parameters.add(who);
        parameters.add(reason);
        parameters.add(correction, Types.OTHER);
    }

    private static int update(Connection connection, String sql, Parameters parameters) throws SQLException {
        try (var statement = parameters.prepare(connection, sql)) {
            return statement.executeUpdate();
        }
    }

    /**
     * The event is appended by its own means while this transaction holds the letter: what is decided is committed only
     * when the event is stored. One correction at a time, since each needs a second connection for its append: whoever
     * waits for its turn holds none.
     */
    @Override
    public AppendResult correct(String subscription, long position, Correction correction, String who, String reason) {
        correcting.lock();
        try {
            return correctAlone(subscription, position, correction, who, reason);
        } finally {
            correcting.unlock();
        }
    }

    private AppendResult correctAlone(
            String subscription, long position, Correction correction, String who, String reason) {
        try (var transaction = connections.begin()) {
            var connection = transaction.connection();
            boolean held = finds(connection, hold, subscription, position);
            if (finds(connection, corrected, subscription, position, correction.eventId())) {
                return correction.append().get();
            }
            if (!held) {
                throw new IllegalStateException("The event at position " + position + " is no dead letter of '"
                        + subscription + "' that is still undecided: look at its history");
            }
            var letter = DeadLetterFilter.of(subscription).at(position);
            discard(connection, letter, "edit", who, reason, correction.eventId());
            var appended = correction.append().get();
            transaction.commit();
            return appended;
        } catch (SQLException e) {
            throw SqlErrors.failed("Giving up the dead letter " + position + " of '" + subscription + "'", e);
        }
    }

    private static boolean finds(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = Parameters.of(values).prepare(connection, sql);
                var row = statement.executeQuery()) {
            return row.next();
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
                            row.getString(4),
                            Optional.ofNullable(row.getObject(5, UUID.class))));
                }
            }
            return decisions;
        });
    }

    @Override
    public long countFailures(Collection<StreamId> streams) {
        return with("Counting dead letters", connection -> {
            try (var statement = unredacted(Parameters.of(), streams).prepare(connection, count + UNREDACTED);
                    var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Override
    public long redactFailures(Collection<StreamId> streams) {
        var parameters = unredacted(Parameters.of(Failure.REDACTED, Failure.REDACTED), streams);
        return with("Redacting dead letters", connection -> {
            try (var statement = parameters.prepare(connection, redact)) {
                return (long) statement.executeUpdate();
            }
        });
    }

    private static Parameters unredacted(Parameters parameters, Collection<StreamId> streams) {
        parameters.add(Failure.REDACTED);
        parameters.addTexts(streams.stream().map(StreamId::name).toList());
        return parameters;
    }

    private <R> R with(String what, Connections.Work<R> work) {
        try {
            return connections.with(work);
        } catch (SQLException e) {
            throw SqlErrors.failed(what, e);
        }
    }
}
