package dev.headwater.postgres;

import dev.headwater.privacy.SubjectKeys;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.SubscriptionStorage;
import dev.headwater.testkit.ErasureContract;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

class PostgresErasureTest extends ErasureContract<Connection> {

    @Override
    protected Subject<Connection> open() {
        return new OnPostgres();
    }

    private static final class OnPostgres implements Subject<Connection> {
        private final String schema = TestServers.freshSchema();
        private final PostgresDatabase database = TestServers.open(TestServers.newest(), schema);

        @Override
        public EventStorage log() {
            return database.eventStorage();
        }

        @Override
        public SubjectKeys keys() {
            return database.subjectKeys();
        }

        @Override
        public SnapshotStore snapshots() {
            return database.snapshotStore();
        }

        @Override
        public SubscriptionStorage<Connection> subscriptions() {
            return database.subscriptionStorage();
        }

        @Override
        public DeadLetters letters() {
            return database.deadLetters();
        }

        /** Every row of every table of the schema, with all its columns. */
        @Override
        public List<String> everything() throws SQLException {
            try (var connection = database.dataSource().getConnection()) {
                var rows = new ArrayList<String>();
                for (var table : texts(
                        connection,
                        "SELECT table_name FROM information_schema.tables WHERE table_schema = '" + schema
                                + "' ORDER BY table_name")) {
                    rows.addAll(texts(
                            connection,
                            "SELECT t::text FROM " + schema + "." + table + " t ORDER BY t::text COLLATE \"C\""));
                }
                return rows;
            }
        }

        private static List<String> texts(Connection connection, String sql) throws SQLException {
            var texts = new ArrayList<String>();
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery(sql)) {
                while (row.next()) {
                    texts.add(row.getString(1));
                }
            }
            return texts;
        }

        @Override
        public void close() {
            database.close();
        }
    }
}
