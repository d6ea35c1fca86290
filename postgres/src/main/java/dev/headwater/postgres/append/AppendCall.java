package dev.headwater.postgres.append;

import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.AppendConditionException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The server function that appends, {@code append_batch}, as a Java call. */
public final class AppendCall {

    private static final long ANY = -1;
    private static final long EXISTS = -2;

    private final String batch;

    /** Appends to the log in this schema. */
    public AppendCall(Schema schema) {
        batch = schema.in("""
                SELECT first_position, versions, refused, conflicts, duplicate, stream_ids, previous_id
                FROM {schema}.append_batch(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""");
    }

    /**
     * Appends a batch in one round trip.
     *
     * @param checkIds whether an event id that is already stored is an outcome; otherwise it is an error of the call
     * @param lockTimeoutMillis the longest wait for the critical section; null for what the session has set
     */
    public BatchAnswer batch(
            Connection connection, AppendBatch appends, boolean checkIds, @Nullable Integer lockTimeoutMillis)
            throws SQLException {
        try (var statement = connection.prepareStatement(batch)) {
            int next = new StreamArrays(appends).bind(statement, 1);
            next = new EventArrays(appends).bind(statement, next);
            next = new CriterionArrays(appends.appends()).bind(statement, next);
            statement.setBoolean(next++, checkIds);
            statement.setObject(next, lockTimeoutMillis, Types.INTEGER);
            try (var row = statement.executeQuery()) {
                row.next();
                var ids = row.getArray(6);
                return new BatchAnswer(
                        answers(appends, row),
                        ids == null ? List.of() : Arrays.asList((Long[]) ids.getArray()),
                        row.getObject(7, UUID.class));
            }
        }
    }

    private static List<AppendOutcome.Answer> answers(AppendBatch batch, ResultSet row) throws SQLException {
        long position = row.getLong(1);
        var versions = (Long[]) row.getArray(2).getArray();
        var refused = row.getArray(3);
        var conflicts = new LinkedHashMap<Integer, Long>();
        if (refused != null) {
            var owners = (Integer[]) refused.getArray();
            var positions = (Long[]) row.getArray(4).getArray();
            for (int i = 0; i < owners.length; i++) {
                conflicts.put(owners[i], positions[i]);
            }
        }
        var duplicate = row.getObject(5, UUID.class);
        var answers = new ArrayList<AppendOutcome.Answer>(batch.appends().size());
        for (var append : batch.appends()) {
            var conflict = conflicts.get(answers.size() + 1);
            if (conflict != null) {
                answers.add(refused(append, batch, versions, conflict));
            } else if (duplicate != null) {
                answers.add(new AppendOutcome.IdTaken(duplicate));
            } else {
                answers.add(stored(append, batch, versions, position));
                position += append.size();
            }
        }
        return answers;
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
                return refused(part, version);
            }
        }
        return new AppendOutcome.Refused(
                new AppendConditionException(append.condition().orElseThrow(), conflict));
    }

    private static AppendOutcome.Answer refused(EncodedAppend.Part part, long version) {
        return new AppendOutcome.Refused(new ConcurrencyException(part.stream(), part.expected(), version));
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
