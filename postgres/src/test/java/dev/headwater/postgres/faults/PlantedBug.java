package dev.headwater.postgres.faults;

import dev.headwater.store.AppendResult;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.Hints;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.Page;
import dev.headwater.subscription.CheckpointStorage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;

/** A mistake that is made on purpose, to prove that a campaign finds it. */
enum PlantedBug {
    /** Everything is as it should be. */
    NONE,
    /** Appends are acknowledged right before they are committed. */
    EARLY_ACKNOWLEDGEMENT,
    /** The checkpoint of a projection moves in a transaction of its own, after that of the effect. */
    CHECKPOINT_APART;

    /** Opens a connection of the caller's own. */
    @FunctionalInterface
    interface Connector {
        Connection connect() throws SQLException;
    }

    EventStorage in(EventStorage storage, Function<Connection, EventStorage> within, Connector connector) {
        return this == EARLY_ACKNOWLEDGEMENT ? new EarlyAcknowledgement(storage, within, connector) : storage;
    }

    CheckpointStorage<Connection> in(CheckpointStorage<Connection> checkpoints, Connector connector) {
        return this == CHECKPOINT_APART ? new CheckpointApart(checkpoints, connector) : checkpoints;
    }

    private record CheckpointApart(CheckpointStorage<Connection> correct, Connector connector)
            implements CheckpointStorage<Connection> {

        @Override
        public long loadOrStart(String subscription, long initialPosition) {
            return correct.loadOrStart(subscription, initialPosition);
        }

        @Override
        public void advance(String subscription, long from, long to, Work<Connection> work) throws Exception {
            try (var connection = connector.connect()) {
                connection.setAutoCommit(false);
                work.in(connection);
                connection.commit();
            }
            correct.advance(subscription, from, to, transaction -> {});
        }
    }

    private record EarlyAcknowledgement(
            EventStorage correct, Function<Connection, EventStorage> within, Connector connector)
            implements EventStorage {

        @Override
        public AppendResult append(EncodedAppend append) {
            Connection connection = null;
            try {
                connection = connector.connect();
                connection.setAutoCommit(false);
                return within.apply(connection).append(append);
            } catch (SQLException e) {
                throw new StoreUnavailableException("No connection", e);
            } finally {
                commitLater(connection);
            }
        }

        private static void commitLater(Connection connection) {
            if (connection != null) {
                Thread.startVirtualThread(() -> {
                    try (connection) {
                        connection.commit();
                    } catch (SQLException e) {
                        throw new IllegalStateException("The commit that was promised failed", e);
                    }
                });
            }
        }

        @Override
        public Page readStream(StreamId stream, Direction direction, long beyond, int limit) {
            return correct.readStream(stream, direction, beyond, limit);
        }

        @Override
        public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
            return correct.readLog(query, direction, beyond, limit);
        }

        @Override
        public long headPosition() {
            return correct.headPosition();
        }

        @Override
        public long streamVersion(StreamId stream) {
            return correct.streamVersion(stream);
        }

        @Override
        public Hints onAppend(Runnable hint) {
            return correct.onAppend(hint);
        }

        @Override
        public void close() {
            correct.close();
        }
    }
}
