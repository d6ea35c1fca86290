package dev.headwater.testkit;

import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.store.spi.ForwardingEventStorage;

/** A correct storage, to be spoiled in one method. */
class ForwardingStorage extends ForwardingEventStorage {

    ForwardingStorage() {
        super(new InMemoryEventStorage());
    }
}
