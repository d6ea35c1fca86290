package dev.headwater.subscription;

import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.spi.SubscriptionStorage;

/**
 * What the work of a subscription in this process is done with.
 *
 * @param subscription what is to be done
 * @param store has the events
 * @param storage has the checkpoints
 * @param settings how to wait
 * @param owned the segments of this instance
 * @param shared what others are told
 * @param watch looks after the handler
 */
record WorkPlace<T>(
        Subscription<T> subscription,
        EventStore store,
        SubscriptionStorage<T> storage,
        SubscriptionSettings settings,
        OwnedSegments owned,
        WorkerState shared,
        HandlerWatch watch) {

    String name() {
        return subscription.name();
    }

    /** The event at a position, of which the letter holds a copy where the log may forget it. */
    StoredEvent eventOfLetter(long position) {
        return storage.record(name(), position)
                .map(record -> store.restore(position, record))
                .orElseGet(() -> store.readEvent(position));
    }

    SubscriptionListener listener() {
        return settings.listener();
    }
}
