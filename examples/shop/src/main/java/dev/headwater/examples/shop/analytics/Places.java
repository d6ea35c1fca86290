package dev.headwater.examples.shop.analytics;

import dev.headwater.store.Origin;
import dev.headwater.store.StoredEvent;

/** Where events stand in the log of whoever wrote them, also when they are read from a topic. */
final class Places {

    private Places() {}

    static long of(StoredEvent stored) {
        return stored.origin().map(Origin::position).orElseGet(stored::position);
    }
}
