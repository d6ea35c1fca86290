package dev.headwater.testkit;

import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.subscription.SubscriptionOverview;
import dev.headwater.subscription.UnknownSubscriptionException;
import dev.headwater.subscription.spi.Assignment;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Storages of subscriptions that tell something else than what is. */
final class PlantedOverviewBugs {

    private PlantedOverviewBugs() {}

    /** Remembers what it told, and does not notice a reset. */
    static final class TellsTheStateBeforeAReset extends SpoilableStorage {
        private final Map<String, List<SubscriptionOverview>> remembered = new HashMap<>();

        TellsTheStateBeforeAReset(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void reset(String subscription, long position) {
            remembered.put(subscription, super.overview(Optional.of(subscription)));
            super.reset(subscription, position);
        }

        @Override
        public List<SubscriptionOverview> overview(Optional<String> subscription) {
            var present = super.overview(subscription);
            return subscription
                    .map(name -> remembered.getOrDefault(name, present))
                    .orElse(present);
        }
    }

    /** Does nothing, and says nothing, when there is no such subscription. */
    static final class TakesAnyName extends SpoilableStorage {
        TakesAnyName(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void pause(String subscription, String who) {
            try {
                super.pause(subscription, who);
            } catch (UnknownSubscriptionException e) {
                return;
            }
        }
    }

    /** Forgets who was first. */
    static final class TellsWhoPausedLast extends SpoilableStorage {
        TellsWhoPausedLast(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void pause(String subscription, String who) {
            super.resume(subscription);
            super.pause(subscription, who);
        }
    }

    /** Lets one go on whose place was taken. */
    static final class ResumesWhatWasReplaced extends SpoilableStorage {
        ResumesWhatWasReplaced(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void resume(String subscription) {
            if (super.overview(Optional.of(subscription)).stream()
                    .allMatch(overview -> overview.replacedBy().isEmpty())) {
                super.resume(subscription);
            }
        }
    }

    /** Expects every subscription to be known. */
    static final class RenewsNothingWhenOneIsForgotten extends SpoilableStorage {
        RenewsNothingWhenOneIsForgotten(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public Map<String, Assignment> renew(String instance, Set<String> subscriptions, Duration lease) {
            var assignments = super.renew(instance, subscriptions, lease);
            return assignments.keySet().equals(subscriptions) ? assignments : Map.of();
        }
    }
}
