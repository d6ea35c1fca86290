package dev.headwater.postgres;

import dev.headwater.EncodedMessage;
import dev.headwater.MetadataJson;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.UUID;

/** Reads events from rows that begin with {@link #COLUMNS}. */
final class EventRows {

    /** A page ends with the event that reaches this sum of payload bytes. */
    static final long MAX_PAGE_BYTES = 4L * 1024 * 1024;

    /** Columns of the table of events, under the alias {@code e}, in the order in which {@link #read} takes them. */
    static final String COLUMNS = """
            e.position, e.stream, e.version, e.time, e.time_nanos, e.id, e.correlation_id, e.causation_id,
            e.schema_version, e.type, array_to_string(e.tags, U&'\\001F') AS tags, e.metadata, e.data""";

    private EventRows() {}

    static EncodedEvent read(ResultSet row, StreamId stream) throws SQLException {
        var metadata = MetadataJson.read(row.getObject(7, UUID.class), row.getObject(8, UUID.class), row.getString(12));
        var message = new EncodedMessage(
                row.getObject(6, UUID.class),
                row.getString(10),
                row.getInt(9),
                EventTime.of(row.getObject(4, OffsetDateTime.class), row.getInt(5)),
                metadata,
                row.getBytes(13));
        return new EncodedEvent(row.getLong(1), stream, row.getLong(3), JoinedText.split(row.getString(11)), message);
    }
}
