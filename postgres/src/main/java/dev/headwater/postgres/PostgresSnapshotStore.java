package dev.headwater.postgres;

import dev.headwater.postgres.append.AppendCall;
import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.EventTime;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.store.Snapshot;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.StreamId;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/** Snapshots in a table beside the log of a {@link PostgresDatabase}. Thread-safe. */
public final class PostgresSnapshotStore implements SnapshotStore {

    private static final String SELECT = """
            SELECT state_version, version, last_event, time, time_nanos, state
            FROM {schema}.snapshots WHERE stream = ? AND state_type = ? AND last_event IS NOT NULL""";

    private static final String UPSERT = """
            INSERT INTO {schema}.snapshots AS s
                (stream, state_type, state_version, version, last_event, time, time_nanos, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?::json)
            ON CONFLICT (stream, state_type) DO UPDATE
            SET state_version = excluded.state_version, version = excluded.version, last_event = excluded.last_event,
                time = excluded.time, time_nanos = excluded.time_nanos, state = excluded.state
            WHERE (s.state_version, s.version) <= (excluded.state_version, excluded.version)""";

    private final Connections connections;
    private final String select;
    private final String upsert;
    private final String count;
    private final String delete;

    PostgresSnapshotStore(Connections connections, Schema schema) {
        this.connections = connections;
        this.select = schema.in(SELECT);
        this.upsert = schema.in(UPSERT);
        this.count = schema.in("SELECT count(*) FROM {schema}.snapshots WHERE stream = ?");
        this.delete = schema.in("DELETE FROM {schema}.snapshots WHERE stream = ?");
    }

    @Override
    public Optional<Snapshot> load(StreamId stream, String stateType) {
        return run("Loading a snapshot of '" + stream + "'", connection -> {
            try (var statement = connection.prepareStatement(select)) {
                statement.setString(1, stream.name());
                statement.setString(2, stateType);
                try (var row = statement.executeQuery()) {
                    if (!row.next()) {
                        return Optional.<Snapshot>empty();
                    }
                    var lastEvent = row.getObject(3, UUID.class);
                    var time = EventTime.of(row.getObject(4, OffsetDateTime.class), row.getInt(5));
                    return Optional.of(new Snapshot(
                            stream, stateType, row.getInt(1), row.getLong(2), lastEvent, time, row.getBytes(6)));
                }
            }
        });
    }

    @Override
    public void save(Snapshot snapshot) {
        run("Saving a snapshot of '" + snapshot.stream() + "'", connection -> {
            try (var statement = connection.prepareStatement(upsert)) {
                statement.setString(1, snapshot.stream().name());
                statement.setString(2, snapshot.stateType());
                statement.setInt(3, snapshot.stateVersion());
                statement.setLong(4, snapshot.version());
                statement.setObject(5, snapshot.lastEvent());
                statement.setObject(6, EventTime.toMicros(snapshot.time()));
                statement.setInt(7, EventTime.nanosBelowMicros(snapshot.time()));
                statement.setString(8, AppendCall.text(snapshot.state()));
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public int count(StreamId stream) {
        return run("Counting the snapshots of '" + stream + "'", connection -> {
            try (var statement = connection.prepareStatement(count)) {
                statement.setString(1, stream.name());
                try (var row = statement.executeQuery()) {
                    row.next();
                    return row.getInt(1);
                }
            }
        });
    }

    @Override
    public void delete(StreamId stream) {
        run("Deleting the snapshots of '" + stream + "'", connection -> {
            try (var statement = connection.prepareStatement(delete)) {
                statement.setString(1, stream.name());
                return statement.executeUpdate();
            }
        });
    }

    private <T> T run(String what, Connections.Work<T> work) {
        try {
            return connections.with(work);
        } catch (SQLException e) {
            throw SqlErrors.failed(what, e);
        }
    }
}
