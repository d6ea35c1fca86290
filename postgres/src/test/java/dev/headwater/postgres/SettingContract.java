package dev.headwater.postgres;

import dev.headwater.privacy.SubjectKeys;
import dev.headwater.schema.registry.SchemaStorage;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.testkit.EventStoreContract;
import dev.headwater.testkit.SchemaStorageContract;
import dev.headwater.testkit.SnapshotStoreContract;
import dev.headwater.testkit.SubjectKeysContract;
import dev.headwater.testkit.SubscriptionStorageContract;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** All contract suites, in one of the settings. */
abstract class SettingContract {

    private final Setting setting;

    SettingContract(Setting setting) {
        this.setting = setting;
    }

    @Nested
    class Events extends EventStoreContract {

        @Override
        protected EventStorage open() {
            return open(TestServers.freshSchema());
        }

        @Override
        protected EventStorage openAgain(EventStorage first) {
            return open(((ClosingStorage) first).schema());
        }

        private EventStorage open(String schema) {
            return new ClosingStorage(setting.builder(schema).open(), schema);
        }
    }

    @Nested
    class Subscriptions extends SubscriptionStorageContract<Connection> {

        @Override
        protected Subject<Connection> open() {
            return new PostgresSubject(setting);
        }
    }

    @Nested
    class Snapshots extends SnapshotStoreContract {

        private final PostgresDatabase database =
                setting.builder(TestServers.freshSchema()).open();

        @Override
        protected SnapshotStore open() {
            return database.snapshotStore();
        }

        @AfterEach
        void close() {
            database.close();
        }
    }

    @Nested
    class Schemas extends SchemaStorageContract {

        private final PostgresDatabase database =
                setting.builder(TestServers.freshSchema()).open();

        @Override
        protected SchemaStorage open() {
            return new PostgresSchemaStorage(database);
        }

        @AfterEach
        void close() {
            database.close();
        }
    }

    /** The keys of two database objects on one schema, as two processes would have them. */
    @Nested
    class Keys extends SubjectKeysContract {

        private final String schema = TestServers.freshSchema();
        private final List<PostgresDatabase> databases = new ArrayList<>();

        @Override
        protected SubjectKeys open() {
            return openAgain();
        }

        @Override
        protected SubjectKeys openAgain() {
            var database = setting.builder(schema).keyTimeToLive(Duration.ZERO).open();
            databases.add(database);
            return database.subjectKeys();
        }

        @AfterEach
        void close() {
            databases.forEach(PostgresDatabase::close);
        }
    }
}
