package dev.headwater.testkit;

import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.AppendResult;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.spi.PageTransaction;
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

    /** Appends the corrected event and leaves the letter where it is. */
    static final class AppendsWithoutDeciding extends SpoilableStorage {
        AppendsWithoutDeciding(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public AppendResult correct(
                String subscription, long position, Correction correction, String who, String reason) {
            try {
                return super.correct(
                        subscription,
                        position,
                        new Correction(correction.eventId(), () -> {
                            throw new ArithmeticException();
                        }),
                        who,
                        reason);
            } catch (ArithmeticException e) {
                return correction.append().get();
            }
        }
    }

    /** Gives the letter up before the corrected event is stored. */
    static final class DecidesBeforeAppending extends SpoilableStorage {
        DecidesBeforeAppending(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public AppendResult correct(
                String subscription, long position, Correction correction, String who, String reason) {
            var nothing = new AppendResult(1, 1, Map.of());
            super.correct(subscription, position, new Correction(correction.eventId(), () -> nothing), who, reason);
            return correction.append().get();
        }
    }

    /** Asks nobody whether the letter was decided about. */
    static final class CorrectsWhatWasDecided extends SpoilableStorage {
        CorrectsWhatWasDecided(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public AppendResult correct(
                String subscription, long position, Correction correction, String who, String reason) {
            try {
                return super.correct(subscription, position, correction, who, reason);
            } catch (IllegalStateException e) {
                return correction.append().get();
            }
        }
    }

    /** Replaces whatever the successor is like. */
    static final class ReplacesUnchecked extends SpoilableStorage {
        ReplacesUnchecked(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void replace(String former, String successor, PageTransaction.Part<List<String>> work) throws Exception {
            super.replace(former, former, work);
        }
    }

    /** Pauses the former one and leaves its segments to their owners. */
    static final class ReplacesWithoutEndingClaims extends SpoilableStorage {
        ReplacesWithoutEndingClaims(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void replace(String former, String successor, PageTransaction.Part<List<String>> work) throws Exception {
            try {
                super.replace(former, successor, transaction -> {
                    work.in(transaction);
                    throw new ArithmeticException();
                });
            } catch (ArithmeticException e) {
                pause(former, "the successor");
            }
        }
    }

    /** Replaces before it knows whether the switch succeeds. */
    static final class ReplacesThoughTheSwitchFailed extends SpoilableStorage {
        ReplacesThoughTheSwitchFailed(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void replace(String former, String successor, PageTransaction.Part<List<String>> work) throws Exception {
            var failures = new ArrayList<Exception>();
            super.replace(former, successor, transaction -> {
                try {
                    work.in(transaction);
                } catch (Exception e) {
                    failures.add(e);
                }
            });
            for (var failure : failures) {
                throw failure;
            }
        }
    }

    /** Forgets nothing. */
    static final class ForgetsNothing extends SpoilableStorage {
        ForgetsNothing(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void forget(String subscription) {}
    }

    /** Rehearses though it cannot undo anything. */
    static final class RehearsesInEarnest extends SpoilableStorage {
        private final List<String> model;

        RehearsesInEarnest(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
            correct.register("rehearsal", 1, 0);
            try (var page = correct.begin("rehearsal", correct.holding("rehearsal", "nobody"), Map.of())) {
                this.model = page.transaction();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public List<String> rehearse(PageTransaction.Part<List<String>> part) throws Exception {
            part.in(model);
            return List.of("changes");
        }
    }
}
