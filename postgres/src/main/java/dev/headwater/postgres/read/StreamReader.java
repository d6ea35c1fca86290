package dev.headwater.postgres.read;

import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.Direction;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.Page;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;

/** Reads pages of one stream along the index of its versions. */
public final class StreamReader {

    private static final String PAGE = """
            SELECT {columns}
            FROM {schema}.events e
            WHERE e.stream_id = {stream} AND e.version {beyond} ? AND e.version {upto} coalesce((
                SELECT l.version FROM {schema}.events l
                WHERE l.stream_id = {stream} AND l.data_bytes > {large} AND l.version {beyond} ?
                ORDER BY l.version {order}
                LIMIT 1 OFFSET {lastLarge}), {farthest})
            ORDER BY e.version {order}
            LIMIT ?""";

    private static final String STREAM = "(SELECT s.id FROM {schema}.streams s WHERE s.name = ?)";

    private static final String LAST_VERSION = """
            SELECT e.version FROM {schema}.events e
            WHERE e.stream_id = (SELECT s.id FROM {schema}.streams s WHERE s.name = ?)
            ORDER BY e.version DESC
            LIMIT 1""";

    private final PageRows pageRows = new PageRows();
    private final String forwards;
    private final String backwards;
    private final String lastVersion;

    /** Reads streams of the log in this schema. */
    public StreamReader(Schema schema) {
        var page = schema.in(EventRows.in(PAGE.replace("{stream}", STREAM)));
        forwards = DirectedSql.of(page, Direction.FORWARDS);
        backwards = DirectedSql.of(page, Direction.BACKWARDS);
        lastVersion = schema.in(LAST_VERSION);
    }

    /** A page of a stream, beginning behind the version {@code beyond} in the direction of reading. */
    public Page page(Connection connection, StreamId stream, Direction direction, long beyond, int limit)
            throws SQLException {
        int rows = pageRows.within(limit);
        var page = page(connection, direction == Direction.FORWARDS ? forwards : backwards, stream, beyond, rows);
        pageRows.learn(page.events(), rows);
        return page;
    }

    private static Page page(Connection connection, String sql, StreamId stream, long beyond, int limit)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, stream.name());
            statement.setLong(2, beyond);
            statement.setString(3, stream.name());
            statement.setLong(4, beyond);
            statement.setInt(5, limit);
            try (var row = statement.executeQuery()) {
                var events = new ArrayList<EncodedEvent>();
                while (row.next()) {
                    events.add(EventRows.read(row, stream));
                }
                boolean end = events.size() < limit && !EventRows.endsWithLarge(events);
                return new Page(
                        events, events.isEmpty() ? beyond : events.getLast().version(), end);
            }
        }
    }

    /** The version of the last event of a stream; 0 when there is none. */
    public long lastVersion(Connection connection, StreamId stream) throws SQLException {
        try (var statement = connection.prepareStatement(lastVersion)) {
            statement.setString(1, stream.name());
            try (var row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }
}
