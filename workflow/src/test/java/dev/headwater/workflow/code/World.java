package dev.headwater.workflow.code;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** What lies outside of the log: it survives every crash, and remembers what was done to it. */
final class World {

    private final RandomGenerator random;
    private final Map<String, Long> booked = new HashMap<>();
    private final Set<String> unbooked = new HashSet<>();
    private final Map<String, Integer> refusals = new HashMap<>();
    private final List<String> wrongs = new ArrayList<>();

    World(RandomGenerator random) {
        this.random = random;
    }

    /** Another one each time. */
    long quote() {
        return random.nextLong(1_000_000);
    }

    /** Books for a quote; the same booking twice is no harm, another one under the same key is. */
    void book(String key, long quote) {
        var former = booked.putIfAbsent(key, quote);
        if (former != null && former != quote) {
            wrongs.add(key + " was booked for " + former + " and for " + quote);
        }
    }

    /** Books, and does not come to answer. */
    void bookSilently(String key, long quote) throws IOException {
        book(key, quote);
        throw new IOException("no answer");
    }

    /** Refuses some times before it does anything. */
    void unbook(String key, int refused) throws IOException {
        if (refusals.merge(key, 1, Integer::sum) <= refused) {
            throw new IOException("not now");
        }
        unbooked.add(key);
    }

    boolean isBooked(String key) {
        return booked.containsKey(key) && !unbooked.contains(key);
    }

    List<String> wrongs() {
        return wrongs;
    }
}
