package dev.headwater.postgres;

import dev.headwater.embedded.EmbeddedDatabase;

class OldestPostgresSchemaStorageTest extends PostgresSchemaStorageTest {

    @Override
    EmbeddedDatabase server() {
        return TestServers.oldest();
    }
}
