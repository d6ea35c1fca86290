package dev.headwater.postgres;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.store.SnapshotStore;
import dev.headwater.testkit.SnapshotStoreContract;
import org.junit.jupiter.api.AfterEach;

class PostgresSnapshotStoreTest extends SnapshotStoreContract {

    private final PostgresDatabase database = TestServers.open(server(), TestServers.freshSchema());

    EmbeddedDatabase server() {
        return TestServers.newest();
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
