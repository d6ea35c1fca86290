package dev.headwater.postgres.faults;

import dev.headwater.store.AppendResult;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.ForwardingEventStorage;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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
            case CHECKPOINT_APART ->
                advancing(storage, arguments -> {
                    workApart(work(arguments), connector);
                    arguments[3] = (SubscriptionStorage.Work<Connection>) transaction -> {};
                });
            case EPOCH_IGNORED -> advancing(storage, arguments -> arguments[1] = present(arguments, connector));
            case NONE, EARLY_ACKNOWLEDGEMENT -> storage;
        };
    }

    private interface Tampering {
        void with(Object[] arguments) throws Exception;
    }

    /** The same storage, where calls of {@link SubscriptionStorage#advance} are tampered with. */
    @SuppressWarnings("unchecked")
    private static SubscriptionStorage<Connection> advancing(
            SubscriptionStorage<Connection> storage, Tampering tampering) {
        return (SubscriptionStorage<Connection>) Proxy.newProxyInstance(
                PlantedBug.class.getClassLoader(),
                new Class<?>[] {SubscriptionStorage.class},
                (proxy, method, arguments) -> {
                    try {
                        if (method.getName().equals("advance")) {
                            tampering.with(arguments);
                        }
                        return method.invoke(storage, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @SuppressWarnings("unchecked")
    private static SubscriptionStorage.Work<Connection> work(Object[] arguments) {
        return (SubscriptionStorage.Work<Connection>) arguments[3];
    }

    /** The claims of a call, as the present owner would have them. */
    private static List<Claim> present(Object[] arguments, Connector connector) throws SQLException {
        var segments = ((Collection<?>) arguments[1])
                .stream().map(claim -> ((Claim) claim).segment()).toList();
        var claims = new ArrayList<Claim>();
        try (var connection = connector.connect();
                var statement = connection.prepareStatement("SELECT segment, epoch, position FROM " + Application.SCHEMA
                        + ".subscription_segments WHERE subscription = ?")) {
            statement.setString(1, (String) arguments[0]);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    if (segments.contains(row.getInt(1))) {
                        claims.add(new Claim(row.getInt(1), row.getLong(2), row.getLong(3)));
                    }
                }
            }
        }
        return claims;
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
        public boolean settle(DeadLetter letter) {
            throw new IllegalStateException("No event of this campaign fails, but " + letter + " did");
        }

        @Override
        public void forgetEffects(long position) {
            throw new IllegalStateException("No reactor is at work, but the effects of " + position + " are done");
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
