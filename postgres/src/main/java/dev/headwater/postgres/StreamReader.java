package dev.headwater.postgres;

import dev.headwater.store.Direction;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.Page;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;

/** Reads pages of one stream along the index of its versions. */
final class StreamReader {

    private static final String PAGE = """
            SELECT {columns}
            FROM (
                SELECT e.*, sum(e.data_bytes) OVER (ORDER BY e.version {order} ROWS UNBOUNDED PRECEDING) AS bytes
                FROM (
                    SELECT * FROM {schema}.events e
                    WHERE e.stream_id = (SELECT s.id FROM {schema}.streams s WHERE s.name = ?) AND e.version {beyond} ?
                    ORDER BY e.version {order}
                    LIMIT ?) e) e
            WHERE e.bytes - e.data_bytes < ?
            ORDER BY e.version {order}""";

    private static final String LAST_VERSION = """
            SELECT e.version FROM {schema}.events e
            WHERE e.stream_id = (SELECT s.id FROM {schema}.streams s WHERE s.name = ?)
            ORDER BY e.version DESC
            LIMIT 1""";

    private final String forwards;
    private final String backwards;
    private final String lastVersion;

    StreamReader(Schema schema) {
        var page = schema.in(PAGE).replace("{columns}", EventRows.COLUMNS);
        forwards = page.replace("{order}", "ASC").replace("{beyond}", ">");
        backwards = page.replace("{order}", "DESC").replace("{beyond}", "<");
        lastVersion = schema.in(LAST_VERSION);
    }

    Page page(Connection connection, StreamId stream, Direction direction, long beyond, int limit) throws SQLException {
        var sql = direction == Direction.FORWARDS ? forwards : backwards;
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, stream.name());
            statement.setLong(2, beyond);
            statement.setInt(3, limit);
            statement.setLong(4, EventRows.MAX_PAGE_BYTES);
            try (var row = statement.executeQuery()) {
                var events = new ArrayList<EncodedEvent>();
                long bytes = 0;
                while (row.next()) {
                    var event = EventRows.read(row, stream);
                    events.add(event);
                    bytes += event.message().payload().length;
                }
                boolean end = events.size() < limit && bytes < EventRows.MAX_PAGE_BYTES;
                return new Page(
                        events, events.isEmpty() ? beyond : events.getLast().version(), end);
            }
        }
    }

    long lastVersion(Connection connection, StreamId stream) throws SQLException {
        try (var statement = connection.prepareStatement(lastVersion)) {
            statement.setString(1, stream.name());
            try (var row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }
}
