package dev.headwater.postgres.append;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.OutOfStepException;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.UUID;

/** The server function that appends, {@code append_batch}, as a Java call. */
public final class AppendCall {

    private static final long ANY = -1;
    private static final long EXISTS = -2;

    private final String batch;

    /** Appends to the log in this schema. */
    public AppendCall(Schema schema) {
        batch = schema.in("""
                SELECT ?::bigint, first_position, versions, refused, conflicts, taken, stored, stream_ids, previous_id
                FROM {schema}.append_batch(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""");
    }

    /**
     * Appends a batch in one round trip.
     *
     * @param looksForIds whether an append of which an event id is stored already is answered by itself; otherwise such
     *     an id is an error of the whole call
     * @param lockTimeoutMillis the longest wait for a lock, as for that of the critical section
     * @param inTransaction whether the connection is in a transaction of the caller's
     */
    public BatchAnswer batch(
            Connection connection,
            AppendBatch appends,
            boolean looksForIds,
            int lockTimeoutMillis,
            boolean inTransaction)
            throws SQLException {
        try (var statement = connection.prepareStatement(batch)) {
            long question = Connections.question();
            statement.setLong(1, question);
            int next = new StreamArrays(appends).bind(statement, 2);
            next = new EventArrays(appends).bind(statement, next);
            next = new CriterionArrays(appends.appends()).bind(statement, next);
            statement.setBoolean(next++, looksForIds);
            statement.setInt(next++, lockTimeoutMillis);
            statement.setBoolean(next, inTransaction);
            try (var row = statement.executeQuery()) {
                Connections.requireAnswer(question, row);
                return answer(appends, row);
            }
        }
    }

    private static BatchAnswer answer(AppendBatch batch, ResultSet row) throws SQLException {
        long first = row.getLong(2);
        var versions = (Long[]) row.getArray(3).getArray();
        var conflicts = new HashMap<Integer, Long>();
        var refused = row.getArray(4);
        if (refused != null) {
            var owners = (Integer[]) refused.getArray();
            var positions = (Long[]) row.getArray(5).getArray();
            for (int i = 0; i < owners.length; i++) {
                conflicts.put(owners[i], positions[i]);
            }
        }
        var taken = row.getArray(6) == null
                ? Set.<Integer>of()
                : Set.of((Integer[]) row.getArray(6).getArray());
        long position = first;
        var outcomes = new ArrayList<AppendOutcome.Answer>(batch.appends().size());
        for (var append : batch.appends()) {
            int number = outcomes.size() + 1;
            var conflict = conflicts.get(number);
            if (conflict != null) {
                outcomes.add(refused(append, batch, versions, conflict));
            } else if (taken.contains(number)) {
                outcomes.add(new AppendOutcome.IdTaken(StoredAppends.firstId(append)));
            } else {
                outcomes.add(stored(append, batch, versions, position));
                position += append.size();
            }
        }
        if (position - first != row.getInt(7)) {
            throw new OutOfStepException();
        }
        var ids = (Long[]) row.getArray(8).getArray();
        return new BatchAnswer(outcomes, Arrays.asList(ids), row.getObject(9, UUID.class));
    }

    /** Moves the versions of its streams on, so that the next append to one of them counts from there. */
    private static AppendOutcome.Answer stored(
            EncodedAppend append, AppendBatch batch, Long[] versions, long position) {
        var reached =
                LinkedHashMap.<StreamId, Long>newLinkedHashMap(append.parts().size());
        for (var part : append.parts()) {
            int index = batch.slot(part.stream()).index() - 1;
            versions[index] += part.events().size();
            reached.put(part.stream(), versions[index]);
        }
        return new AppendOutcome.Stored(new AppendResult(position, position + append.size() - 1, reached));
    }

    private static AppendOutcome.Answer refused(
            EncodedAppend append, AppendBatch batch, Long[] versions, long conflict) {
        for (var part : append.parts()) {
            long version = versions[batch.slot(part.stream()).index() - 1];
            if (!part.expected().accepts(version)) {
                return new AppendOutcome.Conflict(part.stream(), part.expected(), version);
            }
        }
        return new AppendOutcome.Violated(append.condition().orElseThrow(), conflict);
    }

    static long code(ExpectedVersion expected) {
        return switch (expected) {
            case ExpectedVersion.Any() -> ANY;
            case ExpectedVersion.StreamExists() -> EXISTS;
            case ExpectedVersion.NoStream() -> 0;
            case ExpectedVersion.Exactly(long version) -> version;
        };
    }

    /** The text of a JSON document in UTF-8. */
    public static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }
}
