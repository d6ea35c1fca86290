package dev.headwater.postgres;

import dev.headwater.broker.Transactions;
import dev.headwater.broker.spi.LogBroker;
import dev.headwater.store.EventStore;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.SubscriptionStorage;
import dev.headwater.testkit.CommandServiceContract;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Commands over published logs to a service whose database is PostgreSQL. */
class CommandsBetweenServicesTest extends CommandServiceContract<Connection> {

    private static final AtomicInteger TOPICS = new AtomicInteger();

    @Override
    protected Subject<Connection> open() {
        return new OverPublishedLogs();
    }

    private static final class OverPublishedLogs implements Subject<Connection> {

        private final String schema = TestServers.freshSchema();
        private final PostgresDatabase database = TestServers.open(TestServers.newest(), schema);
        private final PostgresLogBroker broker = new PostgresLogBroker((topic, publishing) ->
                PostgresDatabase.builder().url(TestServers.newest().jdbcUrl()).poolSize(4));

        private OverPublishedLogs() {
            Setting.execute(TestServers.newest(), "CREATE TABLE " + schema + ".shop_effects (text text NOT NULL)");
        }

        @Override
        public LogBroker broker() {
            return broker;
        }

        @Override
        public String freshName() {
            return schema + ".commands-" + TOPICS.incrementAndGet();
        }

        @Override
        public int partitions() {
            return 1;
        }

        @Override
        public EventStorage log() {
            return database.eventStorage();
        }

        @Override
        public SubscriptionStorage<Connection> storage() {
            return database.subscriptionStorage();
        }

        @Override
        public DeadLetters letters() {
            return database.deadLetters();
        }

        @Override
        public Transactions<Connection> transactions(EventStore store) {
            return work -> {
                try (var connection = database.dataSource().getConnection()) {
                    connection.setAutoCommit(false);
                    try {
                        work.in(connection, store.over(database.eventStorage().within(connection)));
                        connection.commit();
                    } catch (Exception | Error e) {
                        connection.rollback();
                        throw e;
                    } finally {
                        connection.setAutoCommit(true);
                    }
                }
            };
        }

        @Override
        public void write(Connection transaction, String text) throws SQLException {
            try (var statement = transaction.prepareStatement("INSERT INTO " + schema + ".shop_effects VALUES (?)")) {
                statement.setString(1, text);
                statement.executeUpdate();
            }
        }

        @Override
        public List<String> written() throws SQLException {
            var texts = new ArrayList<String>();
            try (var connection = database.dataSource().getConnection();
                    var statement = connection.createStatement();
                    var row = statement.executeQuery("SELECT text FROM " + schema + ".shop_effects ORDER BY ctid")) {
                while (row.next()) {
                    texts.add(row.getString(1));
                }
            }
            return texts;
        }

        @Override
        public void close() {
            broker.close();
            database.close();
        }
    }
}
