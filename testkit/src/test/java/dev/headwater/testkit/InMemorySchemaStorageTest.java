package dev.headwater.testkit;

import dev.headwater.schema.registry.InMemorySchemaStorage;
import dev.headwater.schema.registry.SchemaStorage;

class InMemorySchemaStorageTest extends SchemaStorageContract {

    @Override
    protected SchemaStorage open() {
        return new InMemorySchemaStorage();
    }
}
