package dev.headwater.postgres.faults;

import dev.headwater.store.AppendResult;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.ForwardingEventStorage;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** A mistake that is made on purpose, to prove that a campaign finds it. */
enum PlantedBug {
    /** Everything is as it should be. */
    NONE,
    /** Appends are acknowledged right before they are committed. */
    EARLY_ACKNOWLEDGEMENT,
    /** The checkpoint of a projection moves in a transaction of its own, after that of the effect. */
    CHECKPOINT_APART,
    /** A checkpoint is moved by whoever wants to, not only by the present owner of the segment. */
    EPOCH_IGNORED;

    /** Opens a connection of the caller's own. */
    @FunctionalInterface
    interface Connector {
        Connection connect() throws SQLException;
    }

    EventStorage in(EventStorage storage, Function<Connection, EventStorage> within, Connector connector) {
        return this == EARLY_ACKNOWLEDGEMENT ? new EarlyAcknowledgement(storage, within, connector) : storage;
    }

    SubscriptionStorage<Connection> in(SubscriptionStorage<Connection> storage, Connector connector) {
        return switch (this) {
            case CHECKPOINT_APART -> new Apart(storage, connector);
            case EPOCH_IGNORED -> new Presumptuous(storage);
            case NONE, EARLY_ACKNOWLEDGEMENT -> storage;
        };
    }

    private static final class Apart extends ForwardingSubscriptionStorage<Connection> {

        private final Connector connector;

        Apart(SubscriptionStorage<Connection> correct, Connector connector) {
            super(correct);
            this.connector = connector;
        }

        @Override
        public PageTransaction<Connection> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to)
                throws Exception {
            var page = super.begin(subscription, holding, to);
            var connection = connector.connect();
            connection.setAutoCommit(false);
            return new Transaction<>(page) {
                @Override
                public Connection transaction() {
                    return connection;
                }

                @Override
                public void commit() throws Exception {
                    connection.commit();
                    super.commit();
                }

                @Override
                public void close() {
                    super.close();
                    try {
                        connection.close();
                    } catch (SQLException e) {
                        throw new IllegalStateException("The connection of a planted bug is not closed", e);
                    }
                }
            };
        }
    }

    /** Takes the claims of the present owner for its own. */
    private static final class Presumptuous extends ForwardingSubscriptionStorage<Connection> {

        Presumptuous(SubscriptionStorage<Connection> correct) {
            super(correct);
        }

        @Override
        public PageTransaction<Connection> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to)
                throws Exception {
            var owner = segments(subscription).stream()
                    .filter(segment -> to.containsKey(segment.number()))
                    .flatMap(segment -> segment.owner().stream())
                    .findFirst()
                    .orElse(holding.instance());
            var present = holding(subscription, owner);
            var moves = new HashMap<>(to);
            moves.keySet()
                    .retainAll(present.claims().stream().map(Claim::segment).toList());
            return super.begin(subscription, present, moves);
        }
    }

    private static final class EarlyAcknowledgement extends ForwardingEventStorage {

        private final Function<Connection, EventStorage> within;
        private final Connector connector;

        EarlyAcknowledgement(EventStorage correct, Function<Connection, EventStorage> within, Connector connector) {
            super(correct);
            this.within = within;
            this.connector = connector;
        }

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
    }
}
