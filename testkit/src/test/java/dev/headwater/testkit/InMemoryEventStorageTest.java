package dev.headwater.testkit;

import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.spi.EventStorage;

class InMemoryEventStorageTest extends EventStoreContract {

    @Override
    protected EventStorage open() {
        return new InMemoryEventStorage();
    }
}
