package dev.headwater.postgres.append;

import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.AppendResult;
import dev.headwater.store.DuplicateEventException;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Recognises an append that is already in the log by the ids of its events. */
public final class StoredAppends {

    private final String select;

    /** Looks in the log of this schema. */
    public StoredAppends(Schema schema) {
        select = schema.in("SELECT id, position, stream, version FROM {schema}.events WHERE id = ANY (?)");
    }

    private record Place(long position, String stream, long version) {}

    /**
     * The result that the append had when it was stored; empty when its first event is not in the log.
     *
     * @throws DuplicateEventException when its first event is there, but not as the beginning of this append
     */
    public Optional<AppendResult> find(Connection connection, EncodedAppend append) throws SQLException {
        var places = places(connection, append);
        var firstId = append.parts().getFirst().events().getFirst().message().id();
        var first = places.get(firstId);
        if (first == null) {
            return Optional.empty();
        }
        var versions = new LinkedHashMap<StreamId, Long>();
        long position = first.position();
        for (var part : append.parts()) {
            for (var event : part.events()) {
                var place = places.get(event.message().id());
                if (place == null
                        || place.position() != position++
                        || !place.stream().equals(part.stream().name())) {
                    throw new DuplicateEventException(firstId);
                }
                versions.put(part.stream(), place.version());
            }
        }
        return Optional.of(new AppendResult(first.position(), position - 1, versions));
    }

    private Map<UUID, Place> places(Connection connection, EncodedAppend append) throws SQLException {
        var ids = append.parts().stream()
                .flatMap(part -> part.events().stream())
                .map(event -> event.message().id())
                .toArray();
        try (var statement = connection.prepareStatement(select)) {
            statement.setArray(1, connection.createArrayOf("uuid", ids));
            try (var row = statement.executeQuery()) {
                var places = new HashMap<UUID, Place>();
                while (row.next()) {
                    places.put(
                            row.getObject(1, UUID.class), new Place(row.getLong(2), row.getString(3), row.getLong(4)));
                }
                return places;
            }
        }
    }
}
