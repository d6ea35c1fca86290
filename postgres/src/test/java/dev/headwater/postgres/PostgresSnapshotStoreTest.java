package dev.headwater.postgres;

import dev.headwater.store.SnapshotStore;
import dev.headwater.testkit.SnapshotStoreContract;
import org.junit.jupiter.api.AfterEach;

class PostgresSnapshotStoreTest extends SnapshotStoreContract {

    private final PostgresDatabase database = TestServers.open(TestServers.newest(), TestServers.freshSchema());

    @Override
    protected SnapshotStore open() {
        return database.snapshotStore();
    }

    @AfterEach
    void close() {
        database.close();
    }
}
