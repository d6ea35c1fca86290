package dev.headwater.postgres.delivery;

import dev.headwater.failure.Failure;
import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.AppendOutcomeUnknownException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Dead letters in their table. Thread-safe. */
public final class PostgresDeadLetters implements DeadLetters {

    /** How many letters are decided in one transaction. */
    private static final int CHUNK = 1000;

    /** How long whoever corrects a letter keeps it, unless the correction ends before. */
    private static final String CORRECTING = "now() + interval '1 minute'";

    /**
     * Decides the letters that come next. Only the first letter of a sequence is due; those behind it follow. One that
     * has become the first since this statement began keeps the time that it was given then. The planner is told the
     * size of a chunk, or it reads all letters for each.
     */
    private static final String DECIDE = """
            WITH chosen AS (
                SELECT d.subscription, d.position, d.sequence_key, NOT EXISTS (
                    SELECT FROM {schema}.dead_letters f
                    WHERE f.subscription = d.subscription AND f.sequence_key = d.sequence_key
                        AND f.position < d.position) AS first
                FROM {schema}.dead_letters d
                WHERE d.state <> 'DISCARDED' AND {condition}
                    AND (d.subscription, d.position, d.sequence_key) > (?, ?, ?)
                ORDER BY d.subscription, d.position, d.sequence_key LIMIT {chunk}),
            paced AS (
                SELECT subscription, position, sequence_key, first, CASE WHEN first
                    THEN ? + (? + row_number() OVER (PARTITION BY first ORDER BY subscription, position) - 1)
                        * ? * interval '1 microsecond' END AS turn
                FROM chosen),
            decided AS (
                UPDATE {schema}.dead_letters d SET state = ?, next_retry = coalesce(p.turn, d.next_retry)
                FROM paced p
                WHERE d.subscription = p.subscription AND d.position = p.position AND d.sequence_key = p.sequence_key
                    AND d.state <> 'DISCARDED' AND (d.correcting_until IS NULL OR d.correcting_until < now() OR ?)
                RETURNING d.subscription, d.position),
            recorded AS (
                INSERT INTO {schema}.dead_letter_decisions
                    (subscription, position, decision, decided_by, reason, correction)
                SELECT subscription, position, ?, ?, ?, ?::uuid FROM decided)
            SELECT subscription, position, sequence_key, first, (SELECT count(*) FROM decided)
            FROM paced ORDER BY subscription, position, sequence_key""";

    /**
     * Whoever is first to correct a letter keeps it until the new event is stored, and holds no connection for that.
     */
    private static final String KEEP = """
            UPDATE {schema}.dead_letters SET correction = ?, correcting_until = {correcting}
            WHERE subscription = ? AND position = ? AND state <> 'DISCARDED'
                AND (correcting_until IS NULL OR correcting_until < now() OR correction = ?)""";

    private static final String GIVE_BACK = """
            UPDATE {schema}.dead_letters SET correction = NULL, correcting_until = NULL
            WHERE subscription = ? AND position = ? AND correction = ?""";

    private static final String REPLACE = """
            WITH replaced AS (
                UPDATE {schema}.dead_letters d SET event_id = ?, type = ?, record = ?,
                    state = CASE d.state WHEN 'WAITING' THEN d.state ELSE 'RETRYING' END,
                    next_retry = CASE WHEN EXISTS (
                        SELECT FROM {schema}.dead_letters f
                        WHERE f.subscription = d.subscription AND f.sequence_key = d.sequence_key
                            AND f.position < d.position) THEN d.next_retry ELSE now() END
                WHERE d.subscription = ? AND d.position = ? AND d.state <> 'DISCARDED' AND d.record IS NOT NULL
                RETURNING d.subscription, d.position),
            recorded AS (
                INSERT INTO {schema}.dead_letter_decisions
                    (subscription, position, decision, decided_by, reason, correction)
                SELECT subscription, position, 'edit', ?, ?, ? FROM replaced)
            SELECT count(*) FROM replaced""";

    private static final String CORRECTED = """
            SELECT 1 FROM {schema}.dead_letter_decisions WHERE subscription = ? AND position = ? AND correction = ?""";

    /** Counts in the order of an index, which for all letters of a subscription is all that is read. */
    private static final String COUNT = """
            SELECT coalesce(sum(s.letters), 0)::bigint, count(*) FROM (
                SELECT count(*) AS letters FROM {schema}.dead_letters d WHERE {condition}
                GROUP BY d.subscription, d.sequence_key) s""";

    private static final String COUNT_UNREDACTED = "SELECT count(*) FROM {schema}.dead_letters d WHERE ";

    private static final String BY_FINGERPRINT = """
            SELECT d.fingerprint, count(*) FROM {schema}.dead_letters d
            WHERE d.fingerprint IS NOT NULL AND {condition}
            GROUP BY d.fingerprint ORDER BY count(*) DESC, d.fingerprint""";

    private static final String COUNTING = "Counting dead letters";

    private static final String HISTORY = """
            SELECT decided_at, decision, decided_by, reason, correction FROM {schema}.dead_letter_decisions
            WHERE subscription = ? AND position = ? ORDER BY id""";

    private static final String UNREDACTED = "d.fingerprint IS NOT NULL AND d.stack_trace <> ? AND d.stream = ANY (?)";

    private final LimitedConnections connections;
    private final DeadLetterTable table;
    private final String decide;
    private final String keep;
    private final String giveBack;
    private final String replace;
    private final String corrected;
    private final String count;
    private final String countUnredacted;
    private final String byFingerprint;
    private final String history;
    private final String redact;

    /** Keeps the letters in the tables of this schema. */
    public PostgresDeadLetters(Connections connections, Schema schema) {
        this.connections = new LimitedConnections(connections);
        this.table = new DeadLetterTable(schema);
        this.decide = schema.in(DECIDE.replace("{chunk}", Integer.toString(CHUNK)));
        this.keep = schema.in(KEEP.replace("{correcting}", CORRECTING));
        this.giveBack = schema.in(GIVE_BACK);
        this.replace = schema.in(REPLACE);
        this.corrected = schema.in(CORRECTED);
        this.count = schema.in(COUNT);
        this.countUnredacted = schema.in(COUNT_UNREDACTED) + UNREDACTED;
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
        var sql = count.replace("{condition}", DeadLetterTable.condition(filter, parameters));
        return connections
                .query(COUNTING, row -> new Count(row.getLong(1), row.getLong(2)), sql, parameters)
                .getFirst();
    }

    @Override
    public Map<String, Long> countByFingerprint(DeadLetterFilter filter) {
        var parameters = new Parameters();
        var sql = byFingerprint.replace("{condition}", DeadLetterTable.condition(filter, parameters));
        var counts = new LinkedHashMap<String, Long>();
        connections
                .query(COUNTING, row -> Map.entry(row.getString(1), row.getLong(2)), sql, parameters)
                .forEach(counted -> counts.put(counted.getKey(), counted.getValue()));
        return counts;
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
        return decideAll("Retrying dead letters", filter, Verdict.retry(spacing, who));
    }

    @Override
    public int discard(DeadLetterFilter filter, String who, String reason) {
        return decideAll("Discarding dead letters", filter, Verdict.discard("discard", who, reason, null));
    }

    /** What is decided about letters. */
    private record Verdict(
            DeadLetter.State state,
            Duration spacing,
            String decision,
            String who,
            String reason,
            @Nullable UUID correction) {

        private static Verdict retry(Duration spacing, String who) {
            return new Verdict(DeadLetter.State.RETRYING, spacing, "retry", who, "", null);
        }

        private static Verdict discard(String decision, String who, String reason, @Nullable UUID correction) {
            return new Verdict(DeadLetter.State.DISCARDED, Duration.ZERO, decision, who, reason, correction);
        }

        /** Whoever has only waited so far is not tried before its turn, unless nothing is before it. */
        private String alsoRequired() {
            return state == DeadLetter.State.RETRYING ? " AND d.fingerprint IS NOT NULL" : "";
        }
    }

    /** A letter that was looked at. */
    private record Seen(String subscription, long position, String sequenceKey, boolean first, int decided) {
        private static final Seen NOTHING = new Seen("", Long.MIN_VALUE, "", false, 0);

        private static Seen from(ResultSet row) throws SQLException {
            return new Seen(row.getString(1), row.getLong(2), row.getString(3), row.getBoolean(4), row.getInt(5));
        }
    }

    /**
     * Many are decided in chunks, each in a transaction of its own, so that nobody waits long behind it. Repeating it
     * goes on.
     */
    private int decideAll(String what, DeadLetterFilter filter, Verdict verdict) {
        var begun = connections
                .query(what, row -> row.getObject(1, OffsetDateTime.class), "SELECT now()")
                .getFirst();
        var last = Seen.NOTHING;
        long sequences = 0;
        int decided = 0;
        int seen;
        do {
            var parameters = new Parameters();
            var sql = decide.replace(
                    "{condition}", DeadLetterTable.condition(filter, parameters) + verdict.alsoRequired());
            parameters.add(last.subscription());
            parameters.add(last.position());
            parameters.add(last.sequenceKey());
            parameters.add(begun);
            parameters.add(sequences);
            parameters.add(DeadLetterTable.micros(verdict.spacing()));
            parameters.add(verdict.state().name());
            parameters.add(verdict.correction() != null);
            parameters.add(verdict.decision());
            parameters.add(verdict.who());
            parameters.add(verdict.reason());
            parameters.add(verdict.correction(), Types.OTHER);
            var doing = decided == 0 ? what : what + ", after " + decided + " that stay decided,";
            var chunk = connections.change(doing, Seen::from, sql, parameters);
            seen = chunk.size();
            if (seen > 0) {
                last = chunk.getLast();
                decided += last.decided();
                sequences += chunk.stream().filter(Seen::first).count();
            }
        } while (seen == CHUNK);
        return decided;
    }

    @Override
    public AppendResult correct(String subscription, long position, Correction correction, String who, String reason) {
        var id = correction.eventId();
        if (isCorrected(subscription, position, id)) {
            return correction.append().get();
        }
        if (connections.update("Keeping a dead letter to correct it", keep, id, subscription, position, id) == 0
                && !isCorrected(subscription, position, id)) {
            throw new IllegalStateException("The event at position " + position + " is no dead letter of '"
                    + subscription + "' that is still undecided, or somebody else corrects it at this moment: look at"
                    + " its history");
        }
        AppendResult appended;
        try {
            appended = correction.append().get();
        } catch (AppendOutcomeUnknownException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            giveBack(subscription, position, id, e);
            throw e;
        }
        var letter = DeadLetterFilter.of(subscription).at(position);
        int decided = decideAll("Giving up a dead letter", letter, Verdict.discard("edit", who, reason, id));
        if (decided == 0 && !isCorrected(subscription, position, id)) {
            throw new IllegalStateException("The corrected event is stored at position " + appended.lastPosition()
                    + ", but the dead letter " + position + " of '" + subscription
                    + "' was decided otherwise meanwhile: look at its history");
        }
        return appended;
    }

    private void giveBack(String subscription, long position, UUID correction, Throwable failure) {
        try {
            connections.update("Giving back a dead letter", giveBack, subscription, position, correction);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void replace(String subscription, long position, Replacement replacement, String who, String reason) {
        var id = replacement.eventId();
        if (isCorrected(subscription, position, id)) {
            return;
        }
        var row = Parameters.of(id, replacement.type());
        row.add(replacement.record(), Types.BINARY);
        List.of(subscription, position, who, reason, id).forEach(row::add);
        long replaced = connections
                .query("Replacing the message of a dead letter", count -> count.getLong(1), replace, row)
                .getFirst();
        if (replaced == 0) {
            throw new IllegalStateException("The message at position " + position + " is no dead letter of '"
                    + subscription + "' that is still undecided and holds it: look at its history");
        }
    }

    private boolean isCorrected(String subscription, long position, UUID correction) {
        return !connections
                .query("Reading decisions", row -> true, corrected, subscription, position, correction)
                .isEmpty();
    }

    @Override
    public List<Decision> history(String subscription, long position) {
        return connections.query(
                "Reading the history of a dead letter",
                row -> new Decision(
                        row.getObject(1, OffsetDateTime.class).toInstant(),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        Optional.ofNullable(row.getObject(5, UUID.class))),
                history,
                subscription,
                position);
    }

    @Override
    public long countFailures(Collection<StreamId> streams) {
        return connections
                .query(COUNTING, row -> row.getLong(1), countUnredacted, unredacted(Parameters.of(), streams))
                .getFirst();
    }

    @Override
    public long redactFailures(Collection<StreamId> streams) {
        var parameters = unredacted(Parameters.of(Failure.REDACTED, Failure.REDACTED), streams);
        return connections.update("Redacting dead letters", redact, parameters);
    }

    private static Parameters unredacted(Parameters parameters, Collection<StreamId> streams) {
        parameters.add(Failure.REDACTED);
        parameters.addTexts(streams.stream().map(StreamId::name).toList());
        return parameters;
    }
}
