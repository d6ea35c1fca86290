package dev.headwater.postgres;

import dev.headwater.subscription.CheckpointConflictException;
import dev.headwater.subscription.CheckpointStorage;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Checkpoints in a table beside the log of a {@link PostgresDatabase}, moved in the transaction in which a projection
 * writes: its effect and its progress are one.
 *
 * <p>The row of the checkpoint is locked while the projection works, so of two instances of one subscription one waits
 * and then finds that the other has moved on. Thread-safe.
 */
public final class PostgresCheckpoints implements CheckpointStorage<Connection> {

    private static final String START = """
            INSERT INTO {schema}.checkpoints (subscription, position) VALUES (?, ?)
            ON CONFLICT (subscription) DO NOTHING""";

    private final Connections connections;
    private final String start;
    private final String select;
    private final String lock;
    private final String move;

    PostgresCheckpoints(Connections connections, Schema schema) {
        this.connections = connections;
        this.start = schema.in(START);
        this.select = schema.in("SELECT position FROM {schema}.checkpoints WHERE subscription = ?");
        this.lock = select + " FOR UPDATE";
        this.move =
                schema.in("UPDATE {schema}.checkpoints SET position = ?, updated_at = now() WHERE subscription = ?");
    }

    @Override
    public long loadOrStart(String subscription, long initialPosition) {
        try {
            return connections.with(connection -> {
                try (var statement = connection.prepareStatement(start)) {
                    statement.setString(1, subscription);
                    statement.setLong(2, initialPosition);
                    statement.executeUpdate();
                }
                return position(connection, select, subscription);
            });
        } catch (SQLException e) {
            throw SqlErrors.failed("Loading the checkpoint of '" + subscription + "'", e);
        }
    }

    @Override
    public void advance(String subscription, long from, long to, Work<Connection> work) throws Exception {
        try (var transaction = connections.begin()) {
            var connection = transaction.connection();
            long found = position(connection, lock, subscription);
            if (found != from) {
                throw new CheckpointConflictException(subscription, from, found);
            }
            work.in(connection);
            try (var statement = connection.prepareStatement(move)) {
                statement.setLong(1, to);
                statement.setString(2, subscription);
                statement.executeUpdate();
            }
            transaction.commit();
        }
    }

    /** 0 when there is no checkpoint. */
    private static long position(Connection connection, String sql, String subscription) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, subscription);
            try (var row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }
}
