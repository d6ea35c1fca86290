package dev.headwater.postgres.append;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.AppendResult;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Recognises appends that are already in the log by the ids of their events. */
public final class StoredAppends {

    private final String select;

    /** Looks in the log of this schema. */
    public StoredAppends(Schema schema) {
        select = schema.in("""
                SELECT ?::bigint, NULL::uuid, 0::bigint, '', 0::bigint
                UNION ALL
                SELECT 0, e.id, e.position, e.stream, e.version FROM {schema}.stored_events(?::uuid[]) e""");
    }

    private record Place(long position, String stream, long version) {}

    /**
     * What was stored of each append by an earlier call.
     *
     * @return for each append its original result; that an id of it is taken, when some of its events stand in the log
     *     but not as this append; or null when none is there
     */
    public List<AppendOutcome.@Nullable Answer> find(Connection connection, List<EncodedAppend> appends)
            throws SQLException {
        var places = places(connection, appends);
        var found = new ArrayList<AppendOutcome.@Nullable Answer>(appends.size());
        for (var append : appends) {
            found.add(find(places, append));
        }
        return found;
    }

    private static AppendOutcome.@Nullable Answer find(Map<UUID, Place> places, EncodedAppend append) {
        var first = places.get(firstId(append));
        if (first == null) {
            return taken(places, append);
        }
        var versions = new LinkedHashMap<StreamId, Long>();
        long position = first.position();
        for (var part : append.parts()) {
            for (var event : part.events()) {
                var place = places.get(event.message().id());
                if (place == null
                        || place.position() != position++
                        || !place.stream().equals(part.stream().name())) {
                    return new AppendOutcome.IdTaken(firstId(append));
                }
                versions.put(part.stream(), place.version());
            }
        }
        return new AppendOutcome.Stored(new AppendResult(first.position(), position - 1, versions));
    }

    private static AppendOutcome.@Nullable Answer taken(Map<UUID, Place> places, EncodedAppend append) {
        for (var part : append.parts()) {
            for (var event : part.events()) {
                if (places.containsKey(event.message().id())) {
                    return new AppendOutcome.IdTaken(event.message().id());
                }
            }
        }
        return null;
    }

    static UUID firstId(EncodedAppend append) {
        return append.parts().getFirst().events().getFirst().message().id();
    }

    private Map<UUID, Place> places(Connection connection, List<EncodedAppend> appends) throws SQLException {
        var ids = appends.stream()
                .flatMap(append -> append.parts().stream())
                .flatMap(part -> part.events().stream())
                .map(event -> event.message().id())
                .toArray(UUID[]::new);
        long question = Connections.question();
        try (var statement = connection.prepareStatement(select)) {
            statement.setLong(1, question);
            statement.setArray(2, BinaryArray.ofUuids(connection, ids));
            try (var row = statement.executeQuery()) {
                var places = new HashMap<UUID, Place>();
                Connections.requireAnswer(question, row);
                while (row.next()) {
                    places.put(
                            row.getObject(2, UUID.class), new Place(row.getLong(3), row.getString(4), row.getLong(5)));
                }
                return places;
            }
        }
    }
}
