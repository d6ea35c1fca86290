package dev.headwater.postgres;

import dev.headwater.MetadataJson;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.spi.EncodedAppend;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The short way for one event: two statements in one round trip, which enter the critical section and insert.
 *
 * <p>The driver sends both before it asks for an answer, so the server runs them as one transaction; the second
 * statement takes its snapshot after the first has the lock. Outside of a function each is a plan of its own that the
 * server keeps, which made a lone append 15 % faster than a call of a PL/pgSQL function with the same statements. The
 * settings in front keep a plan from being made for the table as it was while still empty.
 */
final class SingleAppend {

    private static final String ENTER = """
            SELECT set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true),
                CASE WHEN current_setting('transaction_isolation') = 'read committed'
                        AND current_setting('synchronous_commit') <> 'off'
                    THEN pg_advisory_xact_lock({lockClass}, {lockKey}) ELSE {schema}.enter_append(NULL) END;
            """;

    /** Inserts behind the last event of the log, into the stream {@code s}. */
    private static final String INSERT = """
            INSERT INTO {schema}.events (position, stream_id, version, time, id, correlation_id, causation_id,
                schema_version, data_bytes, time_nanos, type, stream, metadata, data)
            SELECT coalesce((SELECT e.position FROM {schema}.events e ORDER BY e.position DESC LIMIT 1), 0) + 1,
                s.id, s.version + 1, {schema}.event_time(?, ?), ?, ?, ?, ?, ?, ?, ?, s.name, ?, ?
            """;

    private static final String TO_STREAM = ENTER + INSERT + """
            FROM (
                SELECT t.id, t.name, coalesce(
                    (SELECT e.version FROM {schema}.events e WHERE e.stream_id = t.id ORDER BY e.version DESC LIMIT 1), 0)
                    AS version
                FROM {schema}.streams t WHERE t.name = ?
                OFFSET 0) s
            WHERE s.version BETWEEN ? AND ?
            RETURNING position, version""";

    private static final String TO_NEW_STREAM = ENTER + """
            WITH s AS (
                INSERT INTO {schema}.streams (id, name)
                SELECT coalesce((SELECT t.id FROM {schema}.streams t ORDER BY t.id DESC LIMIT 1), 0) + 1, n.name
                FROM (SELECT ?::text AS name) n
                WHERE NOT EXISTS (SELECT FROM {schema}.streams t WHERE t.name = n.name)
                RETURNING id, name, 0 AS version)
            """ + INSERT + """
            FROM s
            RETURNING position, version""";

    private final String toStream;
    private final String toNewStream;

    SingleAppend(Schema schema) {
        toStream = schema.in(TO_STREAM);
        toNewStream = schema.in(TO_NEW_STREAM);
    }

    /** Whether the append is of this kind: one event without tags or condition. */
    static boolean isSuited(EncodedAppend append) {
        return append.condition().isEmpty()
                && append.parts().size() == 1
                && append.parts().getFirst().events().size() == 1
                && append.parts().getFirst().events().getFirst().tags().isEmpty();
    }

    /**
     * Stores the event. Empty, with nothing stored, when the stream is not as expected or, for {@code any}, does not
     * exist yet: then {@link AppendCall} does it, or says why not.
     */
    Optional<AppendOutcome.Answer> tryAppend(Connection connection, EncodedAppend append) throws SQLException {
        var part = append.parts().getFirst();
        var event = part.events().getFirst();
        var stream = part.stream().name();
        long least = leastVersion(part.expected());
        long most = mostVersion(part.expected());
        boolean isNew = most == 0;
        try (var statement = connection.prepareStatement(isNew ? toNewStream : toStream)) {
            int next = 1;
            if (isNew) {
                statement.setString(next++, stream);
            }
            next = bind(statement, next, event);
            if (!isNew) {
                statement.setString(next++, stream);
                statement.setLong(next++, least);
                statement.setLong(next, most);
            }
            statement.execute();
            statement.getMoreResults();
            try (var row = statement.getResultSet()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                long position = row.getLong(1);
                return Optional.of(new AppendOutcome.Stored(
                        new AppendResult(position, position, Map.of(part.stream(), row.getLong(2)))));
            }
        }
    }

    private static long leastVersion(ExpectedVersion expected) {
        return switch (expected) {
            case ExpectedVersion.Any() -> 0;
            case ExpectedVersion.NoStream() -> 0;
            case ExpectedVersion.StreamExists() -> 1;
            case ExpectedVersion.Exactly(long version) -> version;
        };
    }

    private static long mostVersion(ExpectedVersion expected) {
        return switch (expected) {
            case ExpectedVersion.Any() -> Long.MAX_VALUE;
            case ExpectedVersion.StreamExists() -> Long.MAX_VALUE;
            case ExpectedVersion.NoStream() -> 0;
            case ExpectedVersion.Exactly(long version) -> version;
        };
    }

    private static int bind(PreparedStatement statement, int first, EncodedAppend.Event event) throws SQLException {
        var message = event.message();
        var metadata = message.metadata();
        var time = message.time();
        long second = time.getEpochSecond();
        int nano = time.getNano();
        int next = first;
        statement.setLong(next++, second);
        statement.setInt(next++, nano);
        statement.setObject(next++, message.id());
        setUuid(statement, next++, metadata.correlationId());
        setUuid(statement, next++, metadata.causationId());
        statement.setInt(next++, message.schemaVersion());
        statement.setInt(next++, message.payload().length);
        statement.setShort(next++, (short) (nano % 1000));
        statement.setString(next++, message.type());
        statement.setObject(next++, MetadataJson.write(metadata), Types.OTHER);
        statement.setObject(next++, AppendCall.text(message.payload()), Types.OTHER);
        return next;
    }

    private static void setUuid(PreparedStatement statement, int index, @Nullable UUID id) throws SQLException {
        if (id == null) {
            statement.setNull(index, Types.OTHER, "uuid");
        } else {
            statement.setObject(index, id);
        }
    }
}
