package dev.headwater.postgres.append;

import dev.headwater.MetadataJson;
import dev.headwater.postgres.jdbc.JoinedText;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The events of a batch, in log order, as the array parameters of {@code append_batch}. A column that is empty
 * throughout is sent as NULL.
 */
final class EventArrays {

    private final Integer[] streams;
    private final Integer[] owners;
    private final String[] streamNames;
    private final Integer[] numbers;
    private final UUID[] ids;
    private final String[] types;
    private final Integer[] schemaVersions;
    private final Long[] seconds;
    private final Integer[] nanos;
    private final @Nullable UUID[] correlationIds;
    private final @Nullable UUID[] causationIds;
    private final @Nullable String[] tags;
    private final byte[] @Nullable [] metadata;
    private final byte[][] data;
    private final int[] counts;
    private int size;

    EventArrays(AppendBatch batch) {
        int events = batch.events();
        streams = new Integer[events];
        owners = new Integer[events];
        streamNames = new String[events];
        numbers = new Integer[events];
        ids = new UUID[events];
        types = new String[events];
        schemaVersions = new Integer[events];
        seconds = new Long[events];
        nanos = new Integer[events];
        correlationIds = new UUID[events];
        causationIds = new UUID[events];
        tags = new String[events];
        metadata = new byte[events][];
        data = new byte[events][];
        counts = new int[batch.slots().size() + 1];
        int owner = 0;
        for (var append : batch.appends()) {
            owner++;
            for (var part : append.parts()) {
                int stream = batch.slot(part.stream()).index();
                for (var event : part.events()) {
                    add(owner, stream, part.stream(), event);
                }
            }
        }
    }

    private void add(int owner, int stream, StreamId name, EncodedAppend.Event event) {
        int i = size++;
        var message = event.message();
        var time = message.time();
        streams[i] = stream;
        owners[i] = owner;
        streamNames[i] = name.name();
        numbers[i] = ++counts[stream];
        ids[i] = message.id();
        types[i] = message.type();
        schemaVersions[i] = message.schemaVersion();
        seconds[i] = time.getEpochSecond();
        nanos[i] = time.getNano();
        correlationIds[i] = message.metadata().correlationId();
        causationIds[i] = message.metadata().causationId();
        tags[i] = JoinedText.join(event.tags());
        metadata[i] = bytes(MetadataJson.write(message.metadata()));
        data[i] = message.payload();
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /** Sets the parameters from {@code first} on, documents as texts, and returns the index after them. */
    int bind(PreparedStatement statement, int first) throws SQLException {
        var connection = statement.getConnection();
        int next = bindAllButDocuments(statement, first);
        statement.setArray(next++, isEmpty(metadata) ? null : BinaryArray.ofTexts(connection, metadata));
        statement.setArray(next++, BinaryArray.ofTexts(connection, data));
        statement.setArray(next++, connection.createArrayOf("int4", owners));
        return next;
    }

    /** The same with the documents as JSON, and with their lengths behind them. */
    int bindAsJson(PreparedStatement statement, int first) throws SQLException {
        var connection = statement.getConnection();
        int next = bindAllButDocuments(statement, first);
        statement.setArray(next++, isEmpty(metadata) ? null : BinaryArray.ofJson(connection, metadata));
        statement.setArray(next++, BinaryArray.ofJson(connection, data));
        statement.setObject(
                next++,
                Arrays.stream(data).mapToInt(document -> document.length).toArray());
        return next;
    }

    private int bindAllButDocuments(PreparedStatement statement, int first) throws SQLException {
        var connection = statement.getConnection();
        int next = first;
        statement.setArray(next++, connection.createArrayOf("int4", streams));
        statement.setArray(next++, connection.createArrayOf("text", streamNames));
        statement.setArray(next++, connection.createArrayOf("int4", numbers));
        statement.setArray(next++, BinaryArray.ofUuids(connection, ids));
        statement.setArray(next++, connection.createArrayOf("text", types));
        statement.setArray(next++, connection.createArrayOf("int4", schemaVersions));
        statement.setArray(next++, connection.createArrayOf("int8", seconds));
        statement.setArray(next++, connection.createArrayOf("int4", nanos));
        statement.setArray(next++, isEmpty(correlationIds) ? null : BinaryArray.ofUuids(connection, correlationIds));
        statement.setArray(next++, isEmpty(causationIds) ? null : BinaryArray.ofUuids(connection, causationIds));
        statement.setArray(next++, isEmpty(tags) ? null : connection.createArrayOf("text", tags));
        return next;
    }

    private static boolean isEmpty(@Nullable Object[] values) {
        for (var value : values) {
            if (value != null) {
                return false;
            }
        }
        return true;
    }
}
