package dev.headwater.postgres.append;

import dev.headwater.MetadataJson;
import dev.headwater.store.spi.EncodedAppend;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The columns of one event as plain parameters, in the order of {@link #COLUMNS}. */
final class SingleEvent {

    /** The columns that an event brings along, whatever its place. */
    static final String COLUMNS = """
            time, id, correlation_id, causation_id, schema_version, data_bytes, time_nanos, type, metadata, data""";

    /** The parameters for these columns. */
    static final String VALUES = "{schema}.event_time(?, ?), ?, ?, ?, ?, ?, ?, ?, ?, ?";

    private SingleEvent() {}

    /** Whether the append is one event without tags or condition. */
    static boolean isAllOf(EncodedAppend append) {
        return append.condition().isEmpty()
                && append.parts().size() == 1
                && append.parts().getFirst().events().size() == 1
                && append.parts().getFirst().events().getFirst().tags().isEmpty();
    }

    /** Sets the parameters from {@code first} on and returns the index after them. */
    static int bind(PreparedStatement statement, int first, EncodedAppend.Event event) throws SQLException {
        var message = event.message();
        var metadata = message.metadata();
        var time = message.time();
        int nano = time.getNano();
        int next = first;
        statement.setLong(next++, time.getEpochSecond());
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
