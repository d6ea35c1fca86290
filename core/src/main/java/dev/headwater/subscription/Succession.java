package dev.headwater.subscription;

import dev.headwater.subscription.spi.SubscriptionStorage;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Takes over what the instances before this one had that were of its name, once for each subscription. One thread. */
final class Succession {

    private final SubscriptionStorage<?> storage;
    private final Optional<String> former;
    private final String successor;
    private final Set<String> done = new HashSet<>();

    /** A succession of instances whose names begin like this; of none when it is empty. */
    Succession(SubscriptionStorage<?> storage, Optional<String> former, String successor) {
        this.storage = storage;
        this.former = former;
        this.successor = successor;
    }

    /** Takes over these subscriptions, before their segments are claimed for the first time. */
    void of(Set<String> subscriptions) {
        if (former.isEmpty()) {
            return;
        }
        for (var subscription : subscriptions) {
            if (!done.contains(subscription)) {
                storage.succeed(subscription, former.get(), successor);
                done.add(subscription);
            }
        }
    }
}
