package dev.headwater.testkit;

import dev.headwater.memory.InMemorySnapshotStore;
import dev.headwater.store.SnapshotStore;

class InMemorySnapshotStoreTest extends SnapshotStoreContract {

    @Override
    protected SnapshotStore open() {
        return new InMemorySnapshotStore();
    }
}
