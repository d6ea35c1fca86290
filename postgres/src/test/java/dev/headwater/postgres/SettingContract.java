package dev.headwater.postgres;

import dev.headwater.privacy.SubjectKeys;
import dev.headwater.schema.registry.SchemaStorage;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.testkit.EventStoreContract;
import dev.headwater.testkit.ProcessContract;
import dev.headwater.testkit.ProcessStorageContract;
import dev.headwater.testkit.ProcessSubject;
import dev.headwater.testkit.SchemaStorageContract;
import dev.headwater.testkit.SnapshotStoreContract;
import dev.headwater.testkit.SubjectKeysContract;
import dev.headwater.testkit.SubscriptionStorageContract;
import dev.headwater.testkit.WorkflowContract;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** All contract suites, in one of the settings; a test of a setting can also choose some. */
abstract class SettingContract {

    private final Setting setting;

    SettingContract(Setting setting) {
        this.setting = setting;
    }

    @Nested
    class Events extends EventsIn {
        Events() {
            super(setting);
        }
    }

    @Nested
    class Subscriptions extends SubscriptionsIn {
        Subscriptions() {
            super(setting);
        }
    }

    @Nested
    class Snapshots extends SnapshotsIn {
        Snapshots() {
            super(setting);
        }
    }

    @Nested
    class Schemas extends SchemasIn {
        Schemas() {
            super(setting);
        }
    }

    @Nested
    class Keys extends KeysIn {
        Keys() {
            super(setting);
        }
    }

    @Nested
    class Processes extends ProcessesIn {
        Processes() {
            super(setting);
        }
    }

    @Nested
    class Workflows extends WorkflowsIn {
        Workflows() {
            super(setting);
        }
    }

    @Nested
    class ProcessRows extends ProcessRowsIn {
        ProcessRows() {
            super(setting);
        }
    }

    abstract static class EventsIn extends EventStoreContract {

        private final Setting setting;

        EventsIn(Setting setting) {
            this.setting = setting;
        }

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

    abstract static class SubscriptionsIn extends SubscriptionStorageContract<Connection> {

        private final Setting setting;

        SubscriptionsIn(Setting setting) {
            this.setting = setting;
        }

        @Override
        protected Subject<Connection> open() {
            return new PostgresSubject(setting);
        }
    }

    abstract static class SnapshotsIn extends SnapshotStoreContract {

        private final PostgresDatabase database;

        SnapshotsIn(Setting setting) {
            database = setting.builder(TestServers.freshSchema()).open();
        }

        @Override
        protected SnapshotStore open() {
            return database.snapshotStore();
        }

        @AfterEach
        void close() {
            database.close();
        }
    }

    abstract static class SchemasIn extends SchemaStorageContract {

        private final PostgresDatabase database;

        SchemasIn(Setting setting) {
            database = setting.builder(TestServers.freshSchema()).open();
        }

        @Override
        protected SchemaStorage open() {
            return new PostgresSchemaStorage(database);
        }

        @AfterEach
        void close() {
            database.close();
        }
    }

    abstract static class ProcessesIn extends ProcessContract<Connection> {

        private final Setting setting;

        ProcessesIn(Setting setting) {
            this.setting = setting;
        }

        @Override
        protected ProcessSubject<Connection> open() {
            return new PostgresProcessSubject(setting);
        }
    }

    abstract static class WorkflowsIn extends WorkflowContract<Connection> {

        private final Setting setting;

        WorkflowsIn(Setting setting) {
            this.setting = setting;
        }

        @Override
        protected ProcessSubject<Connection> open() {
            return new PostgresProcessSubject(setting);
        }
    }

    abstract static class ProcessRowsIn extends ProcessStorageContract<Connection> {

        private final Setting setting;

        ProcessRowsIn(Setting setting) {
            this.setting = setting;
        }

        @Override
        protected ProcessSubject<Connection> open() {
            return new PostgresProcessSubject(setting);
        }
    }

    /** The keys of two database objects on one schema, as two processes would have them. */
    abstract static class KeysIn extends SubjectKeysContract {

        private final Setting setting;
        private final String schema = TestServers.freshSchema();
        private final List<PostgresDatabase> databases = new ArrayList<>();

        KeysIn(Setting setting) {
            this.setting = setting;
        }

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
