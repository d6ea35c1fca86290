package dev.headwater.postgres;

import dev.headwater.store.spi.EventStorage;
import dev.headwater.testkit.EventStoreContract;

class OldestPostgresEventStorageTest extends EventStoreContract {

    @Override
    protected EventStorage open() {
        var schema = TestServers.freshSchema();
        return new ClosingStorage(TestServers.open(TestServers.oldest(), schema), schema);
    }

    @Override
    protected EventStorage openAgain(EventStorage first) {
        var schema = ((ClosingStorage) first).schema();
        return new ClosingStorage(TestServers.open(TestServers.oldest(), schema), schema);
    }
}
