package dev.headwater.postgres.read;

import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Finds events by their ids along the unique index of these. */
public final class EventsById {

    private static final String SELECT = """
            SELECT {columns}
            FROM (SELECT DISTINCT unnest(?::uuid[]) AS id OFFSET 0) i JOIN {schema}.events e ON e.id = i.id
            ORDER BY e.position""";

    private final String select;

    /** Finds events in the log of this schema. */
    public EventsById(Schema schema) {
        this.select = schema.in(EventRows.in(SELECT));
    }

    /** The events with these ids, in the order of the log. */
    public List<EncodedEvent> find(Connection connection, Collection<UUID> ids) throws SQLException {
        try (var statement = connection.prepareStatement(select)) {
            statement.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
            try (var row = statement.executeQuery()) {
                var events = new ArrayList<EncodedEvent>();
                while (row.next()) {
                    events.add(EventRows.read(row, new StreamId(row.getString(2))));
                }
                return events;
            }
        }
    }
}
