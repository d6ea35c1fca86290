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
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
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

    @SuppressWarnings("unchecked")
    SubscriptionStorage<Connection> in(SubscriptionStorage<Connection> storage, Connector connector) {
        if (this != CHECKPOINT_APART) {
            return storage;
        }
        return (SubscriptionStorage<Connection>) Proxy.newProxyInstance(
                PlantedBug.class.getClassLoader(),
                new Class<?>[] {SubscriptionStorage.class},
                (proxy, method, arguments) -> {
                    try {
                        if (method.getName().equals("advance")) {
                            workApart((SubscriptionStorage.Work<Connection>) arguments[3], connector);
                            arguments[3] = (SubscriptionStorage.Work<Connection>) transaction -> {};
                        }
                        return method.invoke(storage, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static void workApart(SubscriptionStorage.Work<Connection> work, Connector connector) throws Exception {
        try (var connection = connector.connect()) {
            connection.setAutoCommit(false);
            work.in(new Apart(connection));
            connection.commit();
        }
    }

    private record Apart(Connection transaction) implements PageTransaction<Connection> {

        @Override
        public void attempt(Part<Connection> part) throws Exception {
            part.in(transaction);
        }

        @Override
        public void park(Letter letter) {
            throw new IllegalStateException("No event of this campaign fails, but " + letter + " did");
        }

        @Override
        public void settle(long position) {
            throw new IllegalStateException("No event of this campaign fails, but " + position + " did");
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
