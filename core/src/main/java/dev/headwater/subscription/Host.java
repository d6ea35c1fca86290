package dev.headwater.subscription;

import dev.headwater.store.EventStore;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the subscriptions of a process have in common.
 *
 * @param instance the name under which segments are owned
 * @param turns as many as transactions may be open at once
 * @param outage why leases cannot be renewed now
 */
record Host<T>(
        EventStore store,
        SubscriptionStorage<T> storage,
        SubscriptionSettings settings,
        String instance,
        Turns turns,
        Supplier<Optional<Coordinator.Outage>> outage) {

    /** Why no lease has been renewed for longer than it lasts. */
    Optional<Coordinator.Outage> lastingOutage() {
        return outage.get()
                .filter(failing -> failing.since().plus(settings.lease()).isBefore(Instant.now()));
    }
}
