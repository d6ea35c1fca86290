package dev.headwater.postgres;

import dev.headwater.store.AppendResult;
import dev.headwater.store.StreamId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * The shortest way for a batch whose place is foreseen: inside the critical section nothing is looked up but the last
 * event of the log. When that is the one that is known, all else that is known is true, and the events are inserted
 * with the positions, streams and versions that the client worked out. When it is not, nothing is stored.
 */
final class ForeseenAppend {

    private static final String AS_FORESEEN =
            "(SELECT e.id FROM {schema}.events e ORDER BY e.position DESC LIMIT 1) = ?\n";

    private static final String ONE =
            CriticalSection.ENTER + """
            INSERT INTO {schema}.events (position, stream_id, version, stream,
            """ + SingleEvent.COLUMNS + """
            )
            SELECT ?, ?, ?, ?,
            """ + SingleEvent.VALUES + " WHERE " + AS_FORESEEN;

    /** The parameters of {@link EventArrays} include tags, of which there are none here. */
    private static final String INSERT_MANY = """
            INSERT INTO {schema}.events (position, stream_id, version, time, id, correlation_id, causation_id,
                schema_version, data_bytes, time_nanos, type, stream, metadata, data)
            SELECT e.position, (?::bigint[])[e.stream], (?::bigint[])[e.stream] + e.number,
                {schema}.event_time(e.seconds, e.nanos), e.id, e.correlation_id, e.causation_id,
                e.schema_version, octet_length(e.data), e.nanos % 1000, e.type, e.stream_name,
                e.metadata::json, e.data::json
            FROM (
                SELECT generate_series(?::bigint, ?::bigint) AS position, unnest(?::int[]) AS stream,
                    unnest(?::text[]) AS stream_name, unnest(?::int[]) AS number, unnest(?::uuid[]) AS id,
                    unnest(?::text[]) AS type, unnest(?::int[]) AS schema_version,
                    unnest(?::bigint[]) AS seconds, unnest(?::int[]) AS nanos,
                    unnest(?::uuid[]) AS correlation_id, unnest(?::uuid[]) AS causation_id,
                    unnest(?::text[]) AS tags, unnest(?::text[]) AS metadata, unnest(?::text[]) AS data) e
            """;

    private static final String MANY = CriticalSection.ENTER + INSERT_MANY + "WHERE " + AS_FORESEEN;

    private static final String MANY_WITH_NEW_STREAMS =
            CriticalSection.ENTER + """
            WITH s AS (
                INSERT INTO {schema}.streams (id, name)
                SELECT unnest(?::bigint[]), unnest(?::text[])
                WHERE NOT EXISTS (SELECT FROM {schema}.streams t WHERE t.name = ANY (?::text[]))
                    AND
            """ + AS_FORESEEN + """
                RETURNING id)
            """ + INSERT_MANY + "WHERE EXISTS (SELECT FROM s)";

    private final String one;
    private final String many;
    private final String manyWithNewStreams;

    ForeseenAppend(Schema schema) {
        one = schema.in(ONE);
        many = schema.in(MANY);
        manyWithNewStreams = schema.in(MANY_WITH_NEW_STREAMS);
    }

    /** Stores the batch, all of it or nothing; empty when the log is not as foreseen. */
    Optional<BatchAnswer> tryAppend(Connection connection, AppendBatch batch, Foresight foresight) throws SQLException {
        boolean hasNewStreams = foresight.streams().stream().anyMatch(KnownLog.Stream::isNew);
        var append = batch.appends().getFirst();
        int inserted;
        if (hasNewStreams) {
            inserted = insertManyWithNewStreams(connection, batch, foresight);
        } else if (batch.appends().size() == 1 && SingleEvent.isAllOf(append)) {
            inserted = insertOne(connection, batch, foresight);
        } else {
            inserted = insertMany(connection, batch, foresight);
        }
        return inserted == 0 ? Optional.empty() : Optional.of(answer(batch, foresight));
    }

    private int insertOne(Connection connection, AppendBatch batch, Foresight foresight) throws SQLException {
        try (var statement = connection.prepareStatement(one)) {
            var part = batch.appends().getFirst().parts().getFirst();
            var stream = foresight.streams().getFirst();
            statement.setLong(1, foresight.head() + 1);
            statement.setLong(2, stream.id());
            statement.setLong(3, stream.version() + 1);
            statement.setString(4, part.stream().name());
            int next = SingleEvent.bind(statement, 5, part.events().getFirst());
            statement.setObject(next, foresight.headId());
            return inserted(statement);
        }
    }

    private int insertMany(Connection connection, AppendBatch batch, Foresight foresight) throws SQLException {
        try (var statement = connection.prepareStatement(many)) {
            int next = bindEvents(statement, 1, batch, foresight);
            statement.setObject(next, foresight.headId());
            return inserted(statement);
        }
    }

    private int insertManyWithNewStreams(Connection connection, AppendBatch batch, Foresight foresight)
            throws SQLException {
        try (var statement = connection.prepareStatement(manyWithNewStreams)) {
            var ids = new ArrayList<Long>();
            var names = new ArrayList<String>();
            for (var slot : batch.slots().entrySet()) {
                var stream = foresight.stream(slot.getValue());
                if (stream.isNew()) {
                    ids.add(stream.id());
                    names.add(slot.getKey().name());
                }
            }
            var nameArray = connection.createArrayOf("text", names.toArray());
            statement.setArray(1, connection.createArrayOf("int8", ids.toArray()));
            statement.setArray(2, nameArray);
            statement.setArray(3, nameArray);
            statement.setObject(4, foresight.headId());
            bindEvents(statement, 5, batch, foresight);
            return inserted(statement);
        }
    }

    private static int bindEvents(PreparedStatement statement, int first, AppendBatch batch, Foresight foresight)
            throws SQLException {
        var connection = statement.getConnection();
        var streams = foresight.streams();
        statement.setArray(
                first,
                connection.createArrayOf(
                        "int8", streams.stream().map(KnownLog.Stream::id).toArray()));
        statement.setArray(
                first + 1,
                connection.createArrayOf(
                        "int8", streams.stream().map(KnownLog.Stream::version).toArray()));
        statement.setLong(first + 2, foresight.head() + 1);
        statement.setLong(first + 3, foresight.head() + batch.events());
        return new EventArrays(batch).bind(statement, first + 4);
    }

    /** Runs both statements and returns what the second one says. */
    private static int inserted(PreparedStatement statement) throws SQLException {
        statement.execute();
        statement.getMoreResults();
        return statement.getUpdateCount();
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
