package dev.headwater.testkit;

import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.subscription.DeadLetterFilter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Storages with one bug each in what people decide about letters and subscriptions. */
final class PlantedDecisionBugs {

    private PlantedDecisionBugs() {}

    /** Begins all at once. */
    static final class KeepsNoPace extends SpoilableStorage {
        KeepsNoPace(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public int retry(DeadLetterFilter filter, Pace pace, String who) {
            return super.retry(filter, who);
        }
    }

    /** Counts in the order of the names. */
    static final class CountsByName extends SpoilableStorage {
        CountsByName(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public Map<String, Long> countByFingerprint(DeadLetterFilter filter) {
            var rare = new ArrayList<>(super.countByFingerprint(filter).entrySet()).reversed();
            var counts = new LinkedHashMap<String, Long>();
            rare.forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
            return counts;
        }
    }
}
