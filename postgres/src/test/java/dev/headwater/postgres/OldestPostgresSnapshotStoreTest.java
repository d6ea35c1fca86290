package dev.headwater.postgres;

import dev.headwater.embedded.EmbeddedDatabase;

class OldestPostgresSnapshotStoreTest extends PostgresSnapshotStoreTest {

    @Override
    EmbeddedDatabase server() {
        return TestServers.oldest();
    }
}
