package dev.headwater.postgres.delivery;

import dev.headwater.failure.Failure;
import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.spi.Letter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table of dead letters. */
final class DeadLetterTable {

    /** A letter that was discarded while it was tried once more stays discarded. */
    private static final String PARK = """
            INSERT INTO {schema}.dead_letters AS d (subscription, position, segment, sequence_key, event_id, type, stream,
                state, attempts, first_failure, last_failure, next_retry, exception_class, message, stack_trace, fingerprint,
                record)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, CASE WHEN ? THEN now() END, CASE WHEN ? THEN now() END,
                now() + ? * interval '1 microsecond',
                ?, ?, ?, ?, ?)
            ON CONFLICT (subscription, segment, position) DO UPDATE SET attempts = excluded.attempts,
                state = CASE d.state WHEN 'DISCARDED' THEN d.state ELSE excluded.state END,
                next_retry = CASE d.state WHEN 'DISCARDED' THEN now() ELSE excluded.next_retry END,
                first_failure = coalesce(d.first_failure, excluded.first_failure), last_failure = excluded.last_failure,
                exception_class = excluded.exception_class, message = excluded.message,
                stack_trace = excluded.stack_trace, fingerprint = excluded.fingerprint""";

    /**
     * Removes a letter unless somebody has discarded it, or corrects it at this moment, and makes due what then stands
     * first in its sequence.
     */
    private static final String SETTLE = """
            WITH settled AS (
                DELETE FROM {schema}.dead_letters
                WHERE subscription = ? AND position = ? AND sequence_key = ? AND event_id = ?
                    AND (?::boolean OR state <> 'DISCARDED' AND (correcting_until IS NULL OR correcting_until < now()))
                RETURNING subscription, sequence_key, position),
            following AS (
                UPDATE {schema}.dead_letters d
                SET state = CASE d.state WHEN 'WAITING' THEN 'RETRYING' ELSE d.state END, next_retry = now()
                FROM (
                    SELECT n.subscription, n.sequence_key, min(n.position) AS position
                    FROM settled s JOIN {schema}.dead_letters n
                        ON n.subscription = s.subscription AND n.sequence_key = s.sequence_key
                            AND n.position <> s.position
                    GROUP BY n.subscription, n.sequence_key) f
                WHERE d.subscription = f.subscription AND d.sequence_key = f.sequence_key
                    AND d.position = f.position AND d.state <> 'PARKED')
            SELECT count(*) > 0 FROM settled""";

    private static final String LIST = """
            SELECT d.subscription, d.position, d.event_id, d.type, d.stream, d.sequence_key, d.state, d.attempts,
                d.parked_at, d.first_failure, d.last_failure, d.next_retry, d.exception_class, d.message, d.stack_trace, d.fingerprint
            FROM {schema}.dead_letters d
            WHERE\s""";

    private final String park;
    private final String settle;
    private final String list;

    DeadLetterTable(Schema schema) {
        this.park = schema.in(PARK);
        this.settle = schema.in(SETTLE);
        this.list = schema.in(LIST);
    }

    void park(Connection connection, String subscription, List<Letter> letters) throws SQLException {
        if (letters.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(park)) {
            for (var letter : letters) {
                var event = letter.event();
                var row = new Parameters();
                row.add(subscription);
                row.add(event.position());
                row.add(letter.segment());
                row.add(letter.sequenceKey());
                row.add(event.id());
                row.add(event.type());
                row.add(event.stream().name());
                row.add(letter.state().name());
                row.add(letter.attempts());
                row.add(letter.failure().isPresent());
                row.add(letter.failure().isPresent());
                row.add(letter.retryIn().map(DeadLetterTable::micros).orElse(null), Types.BIGINT);
                row.add(letter.failure().map(Failure::exceptionClass).orElse(null), Types.VARCHAR);
                row.add(letter.failure().map(Failure::message).orElse(null), Types.VARCHAR);
                row.add(letter.failure().map(Failure::stackTrace).orElse(null), Types.VARCHAR);
                row.add(letter.failure().map(Failure::fingerprint).orElse(null), Types.VARCHAR);
                row.add(event.record(), Types.BINARY);
                row.bind(statement);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }

    boolean settle(Connection connection, DeadLetter letter) throws SQLException {
        var row = Parameters.of(
                letter.subscription(),
                letter.position(),
                letter.sequenceKey(),
                letter.eventId(),
                letter.state() == DeadLetter.State.DISCARDED);
        try (var statement = row.prepare(connection, settle);
                var settled = statement.executeQuery()) {
            return settled.next() && settled.getBoolean(1);
        }
    }

    List<DeadLetter> list(
            LimitedConnections connections, DeadLetterFilter filter, Optional<DeadLetter> after, int limit) {
        var parameters = new Parameters();
        var sql = new StringBuilder(list).append(condition(filter, parameters));
        after.ifPresent(letter -> {
            sql.append(" AND (d.subscription, d.position, d.sequence_key) > (?, ?, ?)");
            parameters.add(letter.subscription());
            parameters.add(letter.position());
            parameters.add(letter.sequenceKey());
        });
        sql.append(" ORDER BY d.subscription, d.position, d.sequence_key LIMIT ?");
        parameters.add(limit);
        return connections.query("Listing dead letters", DeadLetterTable::letter, sql.toString(), parameters);
    }

    /** What a filter wants, as a condition on rows with the alias {@code d}. */
    static String condition(DeadLetterFilter filter, Parameters parameters) {
        var conditions = new ArrayList<String>();
        conditions.add("true");
        add("subscription =", filter.subscription(), conditions, parameters);
        filter.position().ifPresent(value -> add("position =", Optional.of(value), conditions, parameters));
        add("sequence_key =", filter.sequenceKey(), conditions, parameters);
        add("type =", filter.type(), conditions, parameters);
        add("state =", filter.state().map(Enum::name), conditions, parameters);
        add("exception_class =", filter.failure().exceptionClass(), conditions, parameters);
        add("fingerprint =", filter.failure().fingerprint(), conditions, parameters);
        add("parked_at >=", filter.parked().from().map(DeadLetterTable::utc), conditions, parameters);
        add("parked_at <", filter.parked().before().map(DeadLetterTable::utc), conditions, parameters);
        return String.join(" AND ", conditions);
    }

    private static void add(String comparison, Optional<?> wanted, List<String> conditions, Parameters parameters) {
        wanted.ifPresent(value -> {
            conditions.add("d." + comparison + " ?");
            parameters.add(value);
        });
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    private static DeadLetter letter(ResultSet row) throws SQLException {
        return new DeadLetter(
                row.getString(1),
                row.getLong(2),
                row.getObject(3, UUID.class),
                row.getString(4),
                new StreamId(row.getString(5)),
                row.getString(6),
                DeadLetter.State.valueOf(row.getString(7)),
                row.getInt(8),
                time(row, 9).orElseThrow(),
                time(row, 10),
                time(row, 11),
                time(row, 12),
                failure(row));
    }

    private static Optional<Instant> time(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    private static Optional<Failure> failure(ResultSet row) throws SQLException {
        @Nullable String exceptionClass = row.getString(13);
        return exceptionClass == null
                ? Optional.empty()
                : Optional.of(new Failure(exceptionClass, row.getString(14), row.getString(15), row.getString(16)));
    }
}
