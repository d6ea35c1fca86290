package dev.headwater.subscription;

import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.OwnedSegments.Keyed;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a subscription's events, and their segments.
 *
 * <p>Every instance comes to the same answer for the same event, or to none.
 *
 * @param subscription the name of the subscription
 * @param function computes the keys
 * @param segments among how many segments they are spread
 */
record SequenceKeys(String subscription, SequenceKey function, int segments) {

    static final int MAX_LENGTH = 1000;

    /**
     * An event with its key. One whose key cannot be used has that of its stream, and says why.
     *
     * @throws UnknownKeyException when the function fails
     */
    Keyed keyed(StoredEvent event) {
        var key = keyOf(event);
        var problem = problem(key);
        var usable = key == null || problem != null ? event.stream().name() : key;
        return new Keyed(
                event, usable, segmentOf(usable, segments), problem == null ? null : new UnusableKeyException(problem));
    }

    /** What the application's function returns, which may be anything. */
    private @Nullable String keyOf(StoredEvent event) {
        try {
            return function.of(event);
        } catch (RuntimeException | Error e) {
            throw new UnknownKeyException(subscription, event.position(), e);
        }
    }

    private static @Nullable String problem(@Nullable String key) {
        if (key == null) {
            return "is null";
        }
        if (key.isEmpty() || key.length() > MAX_LENGTH) {
            return "has " + key.length() + " characters";
        }
        if (key.indexOf('\0') >= 0) {
            return "holds NUL";
        }
        boolean half = key.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
        return half ? "holds half of a surrogate pair" : null;
    }

    /** Spreads keys over segments; never to be changed, since every stored checkpoint depends on it. */
    static int segmentOf(String key, int segments) {
        int hash = key.hashCode() * 0x9E3779B9;
        return Math.floorMod(hash ^ hash >>> 16, segments);
    }
}
