package dev.headwater.postgres.read;

import dev.headwater.EncodedMessage;
import dev.headwater.MetadataJson;
import dev.headwater.postgres.jdbc.EventTime;
import dev.headwater.postgres.jdbc.JoinedText;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/** Reads events from rows that begin with {@link #COLUMNS}. */
final class EventRows {

    /** A payload of more bytes is large; two partial indexes of the table of events know where those are. */
    static final int LARGE_BYTES = 32_768;

    /** A page ends with this many large events, so its size is bounded although it is counted in events. */
    static final int MAX_LARGE = 4;

    /** Columns of the table of events, under the alias {@code e}, in the order in which {@link #read} takes them. */
    static final String COLUMNS = """
            e.position, e.stream, e.version, e.time, e.time_nanos, e.id, e.correlation_id, e.causation_id,
            e.schema_version, e.type, array_to_string(e.tags, U&'\\001F') AS tags, e.metadata, e.data""";

    private EventRows() {}

    /** Fills in {@code {columns}}, {@code {large}} and {@code {lastLarge}}. */
    static String in(String sql) {
        return sql.replace("{columns}", COLUMNS)
                .replace("{large}", Integer.toString(LARGE_BYTES))
                .replace("{lastLarge}", Integer.toString(MAX_LARGE - 1));
    }

    /** Whether a page with these events ends there because of the large ones among them. */
    static boolean endsWithLarge(List<EncodedEvent> events) {
        int large = 0;
        for (var event : events) {
            if (event.message().payload().length > LARGE_BYTES) {
                large++;
            }
        }
        return large >= MAX_LARGE;
    }

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
