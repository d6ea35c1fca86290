package dev.headwater.subscription;

import dev.headwater.PlainText;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The effects of an event as the storage knows them; asked only when the reactor uses them. */
final class RecordedEffects implements Effects {

    private static final int MAX_NAME_LENGTH = 200;

    private final SubscriptionStorage<?> storage;
    private final String subscription;
    private final StoredEvent event;
    private final BooleanSupplier lost;
    private @Nullable Set<String> done;

    RecordedEffects(SubscriptionStorage<?> storage, String subscription, StoredEvent event, BooleanSupplier lost) {
        this.storage = storage;
        this.subscription = subscription;
        this.event = event;
        this.lost = lost;
    }

    /** Whether there may be records of the event. */
    boolean areUsed() {
        return done != null;
    }

    @Override
    public String key() {
        return subscription + '/' + event.id();
    }

    @Override
    public void once(String name, Effect effect) throws Exception {
        if (name.isBlank() || name.length() > MAX_NAME_LENGTH) {
            throw new IllegalArgumentException("The name of the effect '" + name + "' has " + name.length()
                    + " characters: expected 1 to " + MAX_NAME_LENGTH + ", not all of them blank");
        }
        PlainText.require("effect", name);
        if (lost.getAsBoolean()) {
            throw new IllegalStateException("The effect '" + name + "' is refused: the event at position "
                    + event.position() + " was taken from this handler, which did not return in time or whose segment"
                    + " another instance has");
        }
        var known = done();
        // Several events can stand at one position, those that an upcaster has made of one.
        var recorded = event.id() + "/" + name;
        if (!known.contains(recorded)) {
            effect.cause(key() + '/' + name);
            storage.recordEffect(subscription, event.position(), recorded);
            known.add(recorded);
        }
    }

    private Set<String> done() {
        var known = done;
        if (known == null) {
            known = new HashSet<>(storage.effects(subscription, event.position()));
            done = known;
        }
        return known;
    }
}
