package dev.headwater.postgres.append;

import dev.headwater.postgres.jdbc.OutOfStepException;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.AppendResult;
import dev.headwater.store.StreamId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The shortest way for a batch whose place is foreseen: inside the critical section nothing is looked up but the last
 * event of the log, and the names of the streams. When that event is the one that is known, all else that is known is
 * true, and the events are inserted with the positions, streams and versions that the client worked out. When it is
 * not, or a name is another, nothing is stored.
 */
final class ForeseenAppend {

    /**
     * With fewer rows in a table the server may prefer to scan it. Such a plan would stay while the table grows, so
     * statements have another text, and with it another plan, until then.
     */
    private static final long FEW_ROWS = 1000;

    private static final String WHILE_FEW = "\n-- while there are few";

    private static final String AS_FORESEEN =
            "(SELECT e.id FROM {schema}.events e ORDER BY e.position DESC LIMIT 1) = ?\n";

    /** The streams that exist have these names. */
    private static final String WITH_THESE_NAMES = """
             AND NOT EXISTS (
                SELECT FROM (SELECT unnest(?::bigint[]) AS id, unnest(?::text[]) AS name) n
                WHERE (SELECT t.name FROM {schema}.streams t WHERE t.id = n.id) IS DISTINCT FROM n.name)
            """;

    private static final String WITH_THIS_NAME = " AND (SELECT t.name FROM {schema}.streams t WHERE t.id = ?) = ?\n";

    private static final String INSERT_ONE = """
            INSERT INTO {schema}.events (position, stream_id, version, stream,
            """ + SingleEvent.COLUMNS + """
            )
            SELECT ?, ?, ?, ?,
            """ + SingleEvent.VALUES + " WHERE ";

    /** The parameters of {@link EventArrays} include tags, of which there are none here. */
    private static final String INSERT_MANY = """
            INSERT INTO {schema}.events (position, stream_id, version, time, id, correlation_id, causation_id,
                schema_version, data_bytes, time_nanos, type, stream, metadata, data)
            SELECT e.position, (?::bigint[])[e.stream], (?::bigint[])[e.stream] + e.number,
                {schema}.event_time(e.seconds, e.nanos), e.id, e.correlation_id, e.causation_id,
                e.schema_version, e.data_bytes, e.nanos % 1000, e.type, e.stream_name, e.metadata, e.data
            FROM (
                SELECT unnest(?::bigint[]) AS position, unnest(?::int[]) AS stream,
                    unnest(?::text[]) AS stream_name, unnest(?::int[]) AS number, unnest(?::uuid[]) AS id,
                    unnest(?::text[]) AS type, unnest(?::int[]) AS schema_version,
                    unnest(?::bigint[]) AS seconds, unnest(?::int[]) AS nanos,
                    unnest(?::uuid[]) AS correlation_id, unnest(?::uuid[]) AS causation_id,
                    unnest(?::text[]) AS tags, unnest(?::json[]) AS metadata, unnest(?::json[]) AS data,
                    unnest(?::int[]) AS data_bytes) e
            WHERE\s""";

    /** Creates the streams, if the log is as foreseen, before the statement that inserts the events. */
    private static final String NEW_STREAMS = """
            WITH created AS (
                INSERT INTO {schema}.streams (id, name)
                SELECT unnest(?::bigint[]), unnest(?::text[])
                WHERE NOT EXISTS (
                        SELECT FROM unnest(?::text[]) n (name)
                        WHERE (SELECT t.id FROM {schema}.streams t WHERE t.name = n.name) IS NOT NULL)
                    AND
            """ + AS_FORESEEN + """
                RETURNING id)
            """;

    private static final String CREATED = "EXISTS (SELECT FROM created)";

    private final String one;
    private final String many;
    private final String oneInNewStream;
    private final String manyWithNewStreams;

    ForeseenAppend(Schema schema) {
        one = schema.in(CriticalSection.ENTER + INSERT_ONE + AS_FORESEEN + WITH_THIS_NAME);
        many = schema.in(CriticalSection.ENTER + INSERT_MANY + AS_FORESEEN + WITH_THESE_NAMES);
        oneInNewStream = schema.in(CriticalSection.ENTER + NEW_STREAMS + INSERT_ONE + CREATED);
        manyWithNewStreams = schema.in(CriticalSection.ENTER + NEW_STREAMS + INSERT_MANY + CREATED + WITH_THESE_NAMES);
    }

    /** Stores the batch, all of it or nothing; empty when the log is not as foreseen. */
    Optional<BatchAnswer> tryAppend(
            Connection connection, AppendBatch batch, Foresight foresight, int lockTimeoutMillis) throws SQLException {
        try (var statement = connection.prepareStatement(statementFor(batch, foresight))) {
            int next = 1 + CriticalSection.PARAMETERS;
            if (foresight.hasNewStreams()) {
                next = bindNewStreams(statement, next, batch, foresight);
                statement.setObject(next++, foresight.headId());
            }
            next = isOne(batch)
                    ? bindOne(statement, next, batch, foresight)
                    : bindMany(statement, next, batch, foresight);
            if (!foresight.hasNewStreams()) {
                statement.setObject(next++, foresight.headId());
            }
            if (!isOne(batch)) {
                bindNames(statement, next, batch, foresight);
            } else if (!foresight.hasNewStreams()) {
                statement.setLong(next++, foresight.streams().getFirst().id());
                statement.setString(next, batch.slots().firstEntry().getKey().name());
            }
            CriticalSection.execute(statement, lockTimeoutMillis);
            int stored = statement.getUpdateCount();
            if (stored != 0 && stored != batch.events()) {
                throw new OutOfStepException();
            }
            return stored == 0 ? Optional.empty() : Optional.of(answer(batch, foresight));
        }
    }

    private String statementFor(AppendBatch batch, Foresight foresight) {
        boolean isFew = foresight.head() < FEW_ROWS;
        String sql;
        if (foresight.hasNewStreams()) {
            sql = isOne(batch) ? oneInNewStream : manyWithNewStreams;
            isFew |= foresight.streams().stream().anyMatch(stream -> stream.isNew() && stream.id() < FEW_ROWS);
        } else {
            sql = isOne(batch) ? one : many;
        }
        return isFew ? sql + WHILE_FEW : sql;
    }

    private static boolean isOne(AppendBatch batch) {
        return batch.appends().size() == 1
                && SingleEvent.isAllOf(batch.appends().getFirst());
    }

    private static int bindNewStreams(PreparedStatement statement, int first, AppendBatch batch, Foresight foresight)
            throws SQLException {
        var names = batch.slots().entrySet().stream()
                .filter(slot -> foresight.stream(slot.getValue()).isNew())
                .map(slot -> slot.getKey().name())
                .toArray();
        var nameArray = statement.getConnection().createArrayOf("text", names);
        statement.setObject(
                first,
                foresight.streams().stream()
                        .filter(KnownLog.Stream::isNew)
                        .mapToLong(KnownLog.Stream::id)
                        .toArray());
        statement.setArray(first + 1, nameArray);
        statement.setArray(first + 2, nameArray);
        return first + 3;
    }

    private static void bindNames(PreparedStatement statement, int first, AppendBatch batch, Foresight foresight)
            throws SQLException {
        var known = batch.slots().entrySet().stream()
                .filter(slot -> !foresight.stream(slot.getValue()).isNew())
                .toList();
        var connection = statement.getConnection();
        statement.setObject(
                first,
                known.stream()
                        .mapToLong(slot -> foresight.stream(slot.getValue()).id())
                        .toArray());
        statement.setArray(
                first + 1,
                connection.createArrayOf(
                        "text", known.stream().map(slot -> slot.getKey().name()).toArray()));
    }

    private static int bindOne(PreparedStatement statement, int first, AppendBatch batch, Foresight foresight)
            throws SQLException {
        var part = batch.appends().getFirst().parts().getFirst();
        var stream = foresight.streams().getFirst();
        statement.setLong(first, foresight.head() + 1);
        statement.setLong(first + 1, stream.id());
        statement.setLong(first + 2, stream.version() + 1);
        statement.setString(first + 3, part.stream().name());
        return SingleEvent.bind(statement, first + 4, part.events().getFirst());
    }

    private static int bindMany(PreparedStatement statement, int first, AppendBatch batch, Foresight foresight)
            throws SQLException {
        var streams = foresight.streams();
        statement.setObject(
                first, streams.stream().mapToLong(KnownLog.Stream::id).toArray());
        statement.setObject(
                first + 1, streams.stream().mapToLong(KnownLog.Stream::version).toArray());
        statement.setObject(
                first + 2,
                LongStream.rangeClosed(foresight.head() + 1, foresight.head() + batch.events())
                        .toArray());
        return new EventArrays(batch).bindAsJson(statement, first + 3);
    }

    private static BatchAnswer answer(AppendBatch batch, Foresight foresight) {
        var outcomes = new ArrayList<AppendOutcome.Answer>(batch.appends().size());
        var reached = new long[foresight.streams().size()];
        long position = foresight.head();
        for (var append : batch.appends()) {
            long first = position + 1;
            var versions = LinkedHashMap.<StreamId, Long>newLinkedHashMap(
                    append.parts().size());
            for (var part : append.parts()) {
                var slot = batch.slot(part.stream());
                reached[slot.index() - 1] += part.events().size();
                versions.put(part.stream(), foresight.stream(slot).version() + reached[slot.index() - 1]);
            }
            position += append.size();
            outcomes.add(new AppendOutcome.Stored(new AppendResult(first, position, versions)));
        }
        return new BatchAnswer(
                outcomes, foresight.streams().stream().map(KnownLog.Stream::id).toList(), foresight.headId());
    }
}
