package dev.headwater.testkit;

import java.util.List;

class InMemorySubscriptionStorageTest extends SubscriptionStorageContract<List<String>> {

    @Override
    protected Subject<List<String>> open() {
        return new InMemorySubject(SpoilableStorage::new);
    }
}
