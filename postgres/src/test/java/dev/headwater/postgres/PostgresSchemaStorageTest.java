package dev.headwater.postgres;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.schema.registry.SchemaStorage;
import dev.headwater.testkit.SchemaStorageContract;
import org.junit.jupiter.api.AfterEach;

class PostgresSchemaStorageTest extends SchemaStorageContract {

    private final PostgresDatabase database = TestServers.open(server(), TestServers.freshSchema());

    EmbeddedDatabase server() {
        return TestServers.newest();
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
