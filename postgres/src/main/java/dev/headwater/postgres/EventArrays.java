package dev.headwater.postgres;

import dev.headwater.MetadataJson;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The events of a batch, in log order, as the array parameters of {@code append_batch}. A column that is empty
 * throughout is sent as NULL.
 */
final class EventArrays {

    private final Integer[] streams;
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
    private final @Nullable String[] metadata;
    private final String[] data;
    private final int[] counts;
    private int size;

    EventArrays(AppendBatch batch) {
        int events = batch.events();
        streams = new Integer[events];
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
        metadata = new String[events];
        data = new String[events];
        counts = new int[batch.slots().size() + 1];
        for (var append : batch.appends()) {
            for (var part : append.parts()) {
                int stream = batch.slot(part.stream()).index();
                for (var event : part.events()) {
                    add(stream, part.stream(), event);
                }
            }
        }
    }

    private void add(int stream, StreamId name, EncodedAppend.Event event) {
        int i = size++;
        var message = event.message();
        var time = message.time();
        streams[i] = stream;
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
        metadata[i] = MetadataJson.write(message.metadata());
        data[i] = AppendCall.text(message.payload());
    }

    /** Sets the parameters from {@code first} on and returns the index after them. */
    int bind(PreparedStatement statement, int first) throws SQLException {
        int next = first;
        next = bind(statement, next, "int4", streams);
        next = bind(statement, next, "text", streamNames);
        next = bind(statement, next, "int4", numbers);
        next = bind(statement, next, "uuid", ids);
        next = bind(statement, next, "text", types);
        next = bind(statement, next, "int4", schemaVersions);
        next = bind(statement, next, "int8", seconds);
        next = bind(statement, next, "int4", nanos);
        next = bind(statement, next, "uuid", correlationIds);
        next = bind(statement, next, "uuid", causationIds);
        next = bind(statement, next, "text", tags);
        next = bind(statement, next, "text", metadata);
        return bind(statement, next, "text", data);
    }

    private static int bind(PreparedStatement statement, int index, String type, @Nullable Object[] values)
            throws SQLException {
        if (isEmpty(values)) {
            statement.setNull(index, Types.ARRAY);
        } else {
            Connection connection = statement.getConnection();
            statement.setArray(index, connection.createArrayOf(type, values));
        }
        return index + 1;
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
