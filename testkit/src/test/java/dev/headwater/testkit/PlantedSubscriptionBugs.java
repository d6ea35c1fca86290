package dev.headwater.testkit;

import dev.headwater.failure.Failure;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.ClaimLostException;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.ParkedSequence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/** Storages of subscriptions with one bug each. */
final class PlantedSubscriptionBugs {

    private PlantedSubscriptionBugs() {}

    /** Spoils what is done in a transaction. */
    abstract static class SpoiledTransactions extends SpoilableStorage {
        SpoiledTransactions(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        abstract PageTransaction<List<String>> spoil(String subscription, PageTransaction<List<String>> transaction);

        @Override
        public PageTransaction<List<String>> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to) {
            return spoil(subscription, correct.begin(subscription, holding, to));
        }
    }

    /** Moves the checkpoint whatever becomes of the work. */
    static final class MovesTheCheckpointThoughTheWorkFailed extends SpoilableStorage {
        MovesTheCheckpointThoughTheWorkFailed(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public PageTransaction<List<String>> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to) {
            return new Transaction<>(correct.begin(subscription, holding, to)) {
                private boolean committed;

                @Override
                public void commit() throws Exception {
                    super.commit();
                    committed = true;
                }

                @Override
                public void close() {
                    super.close();
                    if (!committed) {
                        move(correct, subscription, holding, to);
                    }
                }
            };
        }
    }

    /** Leaves everything to the leases. */
    static final class SucceedsNobody extends SpoilableStorage {
        SucceedsNobody(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void succeed(String subscription, String former, String successor) {}
    }

    /** Takes everybody for dead. */
    static final class SucceedsEverybody extends SpoilableStorage {
        SucceedsEverybody(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void succeed(String subscription, String former, String successor) {
            super.succeed(subscription, "", successor);
        }
    }

    /** Takes the one that knows for dead as well. */
    static final class SucceedsItself extends SpoilableStorage {
        SucceedsItself(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void succeed(String subscription, String former, String successor) {
            super.succeed(subscription, former, "nobody");
        }
    }

    /** Compares the positions alone. */
    static final class ForgetsTheOwner extends SpoilableStorage {
        ForgetsTheOwner(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public PageTransaction<List<String>> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to) {
            var owner = segments(subscription).getFirst().owner().orElse(holding.instance());
            var present = correct.holding(subscription, owner);
            var positions = positions(present);
            boolean unchanged = positions(holding).entrySet().stream()
                    .allMatch(
                            known -> known.getValue().equals(positions.getOrDefault(known.getKey(), known.getValue())));
            return correct.begin(subscription, unchanged ? present : holding, to);
        }

        private static Map<Integer, Checkpoint> positions(Holding holding) {
            return holding.claims().stream().collect(Collectors.toMap(Claim::segment, Claim::checkpoint));
        }
    }

    /** Compares the owner alone. */
    static final class ForgetsTheNumber extends SpoilableStorage {
        private final ReentrantLock one = new ReentrantLock();

        ForgetsTheNumber(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public PageTransaction<List<String>> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to) {
            one.lock();
            var present = correct.holding(subscription, holding.instance());
            boolean unchanged = epochs(present).equals(epochs(holding));
            try {
                return new Transaction<>(correct.begin(subscription, unchanged ? present : holding, to)) {
                    @Override
                    public void close() {
                        super.close();
                        one.unlock();
                    }
                };
            } catch (ClaimLostException e) {
                one.unlock();
                throw e;
            }
        }

        private static Map<Integer, Long> epochs(Holding holding) {
            return holding.claims().stream().collect(Collectors.toMap(Claim::segment, Claim::epoch));
        }
    }

    /** Keeps how far the log was read, and not how far its sources have come. */
    static final class ForgetsMarks extends SpoilableStorage {
        ForgetsMarks(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public PageTransaction<List<String>> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to) {
            var moves = to.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey,
                            move -> new Checkpoint(
                                    move.getValue().position(), move.getValue().open())));
            return correct.begin(subscription, holding, moves);
        }
    }

    /** Keeps letters without what came of their events. */
    static final class KeepsNoRecords extends SpoilableStorage {
        KeepsNoRecords(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public Optional<byte[]> record(String subscription, long position) {
            return Optional.empty();
        }
    }

    /** Keeps the position of a checkpoint alone. */
    static final class ForgetsWhatIsOpen extends SpoilableStorage {
        ForgetsWhatIsOpen(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public PageTransaction<List<String>> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to) {
            var moves = to.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey,
                            move -> Checkpoint.at(move.getValue().position())));
            return correct.begin(subscription, holding, moves);
        }
    }

    /** Keeps what is recorded of an event that is done with. */
    static final class KeepsLateEffects extends SpoilableStorage {
        private final Map<Long, Set<String>> late = new HashMap<>();

        KeepsLateEffects(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void recordEffect(String subscription, long position, String name) {
            super.recordEffect(subscription, position, name);
            if (!super.effects(subscription, position).contains(name)) {
                late.computeIfAbsent(position, event -> new HashSet<>()).add(name);
            }
        }

        @Override
        public Set<String> effects(String subscription, long position) {
            return late.getOrDefault(position, super.effects(subscription, position));
        }
    }

    /** Tells of letters that were left behind, and leaves them there. */
    static final class LeavesLettersBehind extends SpoilableStorage {
        LeavesLettersBehind(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public List<ParkedSequence> due(String subscription, Set<Integer> segments, int limit) {
            return super.due(subscription, segments, limit).stream()
                    .filter(sequence -> sequence(subscription, sequence.sequenceKey(), 1).stream()
                            .allMatch(letter -> letter.attempts() > 0))
                    .toList();
        }
    }

    /** Moves those of the checkpoints that are as the caller knows them. */
    static final class MovesSomeOfTheCheckpoints extends SpoilableStorage {
        MovesSomeOfTheCheckpoints(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public PageTransaction<List<String>> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to) {
            try {
                return correct.begin(subscription, holding, to);
            } catch (ClaimLostException e) {
                var present = correct.holding(subscription, holding.instance());
                var moves = new HashMap<>(to);
                moves.keySet()
                        .retainAll(present.claims().stream()
                                .filter(holding.claims()::contains)
                                .map(Claim::segment)
                                .toList());
                if (!moves.isEmpty()) {
                    move(correct, subscription, present, moves);
                }
                throw e;
            }
        }
    }

    private static void move(
            InMemorySubscriptionStorage<List<String>> storage,
            String subscription,
            Holding holding,
            Map<Integer, Checkpoint> to) {
        try (var page = storage.begin(subscription, holding, to)) {
            page.commit();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Skips an event that failed. */
    static final class WritesNoLetters extends SpoiledTransactions {
        WritesNoLetters(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        PageTransaction<List<String>> spoil(String subscription, PageTransaction<List<String>> transaction) {
            return new Transaction<>(transaction) {
                @Override
                public void park(Letter letter) {}
            };
        }
    }

    /** Loses the letters of a transaction in which a part has failed. */
    static final class LosesTheLettersOfADeadTransaction extends SpoiledTransactions {
        LosesTheLettersOfADeadTransaction(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        PageTransaction<List<String>> spoil(String subscription, PageTransaction<List<String>> transaction) {
            return new Transaction<>(transaction) {
                private boolean dead;

                @Override
                public Mark mark() throws Exception {
                    var mark = super.mark();
                    return new Mark() {
                        @Override
                        public void keep() throws Exception {
                            mark.keep();
                        }

                        @Override
                        public void undo(Throwable failure) {
                            dead = true;
                            mark.undo(failure);
                        }
                    };
                }

                @Override
                public void park(Letter letter) {
                    if (!dead) {
                        super.park(letter);
                    }
                }
            };
        }
    }

    /** Writes letters at once, whatever becomes of the transaction. */
    static final class WritesLettersOutsideOfTheTransaction extends SpoiledTransactions {
        WritesLettersOutsideOfTheTransaction(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        PageTransaction<List<String>> spoil(String subscription, PageTransaction<List<String>> transaction) {
            return new Transaction<>(transaction) {
                @Override
                public void park(Letter letter) {
                    atOnceIn(correct, subscription, other -> other.park(letter));
                }
            };
        }
    }

    /** Removes letters at once, whatever becomes of the transaction. */
    static final class SettlesOutsideOfTheTransaction extends SpoiledTransactions {
        SettlesOutsideOfTheTransaction(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        PageTransaction<List<String>> spoil(String subscription, PageTransaction<List<String>> transaction) {
            return new Transaction<>(transaction) {
                @Override
                public boolean settle(DeadLetter letter) {
                    var settled = new AtomicBoolean();
                    atOnceIn(correct, subscription, other -> settled.set(other.settle(letter)));
                    return settled.get();
                }
            };
        }
    }

    /** Takes a letter that was discarded while it was tried for handled. */
    static final class SettlesWhatWasDiscarded extends SpoiledTransactions {
        SettlesWhatWasDiscarded(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        PageTransaction<List<String>> spoil(String subscription, PageTransaction<List<String>> transaction) {
            return new Transaction<>(transaction) {
                @Override
                public boolean settle(DeadLetter letter) throws Exception {
                    var present = DeadLetterFilter.of(subscription).at(letter.position());
                    return super.settle(list(present, 1).getFirst());
                }
            };
        }
    }

    /** Forgets that a letter was discarded when it fails once more. */
    static final class ParksWhatWasDiscarded extends SpoiledTransactions {
        ParksWhatWasDiscarded(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        PageTransaction<List<String>> spoil(String subscription, PageTransaction<List<String>> transaction) {
            return new Transaction<>(transaction) {
                @Override
                public void park(Letter letter) {
                    var discarded = DeadLetterFilter.of(subscription)
                            .at(letter.event().position())
                            .in(DeadLetter.State.DISCARDED);
                    for (var former : list(discarded, 1)) {
                        atOnceIn(correct, subscription, other -> other.settle(former));
                    }
                    super.park(letter);
                }
            };
        }
    }

    /** Forgets at once which effects are done, whatever becomes of the transaction. */
    static final class ForgetsEffectsOutsideOfTheTransaction extends SpoiledTransactions {
        ForgetsEffectsOutsideOfTheTransaction(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        PageTransaction<List<String>> spoil(String subscription, PageTransaction<List<String>> transaction) {
            return new Transaction<>(transaction) {
                @Override
                public void forgetEffects(long position) {
                    atOnceIn(correct, subscription, other -> other.forgetEffects(position));
                }
            };
        }
    }

    /** What is done at once. */
    private interface Work {
        void in(PageTransaction<List<String>> page) throws Exception;
    }

    private static void atOnceIn(InMemorySubscriptionStorage<List<String>> storage, String subscription, Work work) {
        try (var page = storage.begin(subscription, storage.holding(subscription, "nobody"), Map.of())) {
            work.in(page);
            page.commit();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Removes a letter and leaves the one behind it where it is. */
    static final class ForgetsTheFollowers extends SpoilableStorage {
        ForgetsTheFollowers(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public List<ParkedSequence> due(String subscription, Set<Integer> segments, int limit) {
            return super.due(subscription, segments, Integer.MAX_VALUE).stream()
                    .filter(sequence -> sequence(subscription, sequence.sequenceKey(), 1).stream()
                            .allMatch(letter -> letter.failure().isPresent()))
                    .limit(limit)
                    .toList();
        }
    }

    /** Shows letters otherwise than they are. */
    abstract static class SpoiledLetters extends SpoilableStorage {
        SpoiledLetters(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        abstract Optional<Instant> firstFailure(DeadLetter letter);

        @Override
        public List<DeadLetter> list(DeadLetterFilter filter, int limit) {
            return super.list(filter, limit).stream().map(this::spoilt).toList();
        }

        @Override
        public List<DeadLetter> list(DeadLetterFilter filter, DeadLetter after, int limit) {
            return super.list(filter, after, limit).stream().map(this::spoilt).toList();
        }

        private DeadLetter spoilt(DeadLetter letter) {
            return new DeadLetter(
                    letter.subscription(),
                    letter.position(),
                    letter.eventId(),
                    letter.type(),
                    letter.stream(),
                    letter.sequenceKey(),
                    letter.state(),
                    letter.attempts(),
                    letter.parkedAt(),
                    firstFailure(letter),
                    letter.lastFailure(),
                    letter.nextRetry(),
                    letter.failure());
        }
    }

    /** Counts from the latest failure. */
    static final class ForgetsTheFirstFailure extends SpoiledLetters {
        ForgetsTheFirstFailure(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        Optional<Instant> firstFailure(DeadLetter letter) {
            return letter.lastFailure();
        }
    }

    /** Counts the time in which a follower only waited. */
    static final class TakesTheParkingForTheFirstFailure extends SpoiledLetters {
        TakesTheParkingForTheFirstFailure(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        Optional<Instant> firstFailure(DeadLetter letter) {
            return Optional.of(letter.parkedAt());
        }
    }

    /** Lets followers overtake, since it knows of no parked keys. */
    static final class ForgetsWhatIsParked extends SpoilableStorage {
        ForgetsWhatIsParked(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public List<ParkedSequence> parked(String subscription, Set<Integer> segments) {
            return List.of();
        }
    }

    /** Reads sequences with the latest letter first. */
    static final class ReadsSequencesBackwards extends SpoilableStorage {
        ReadsSequencesBackwards(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public List<DeadLetter> sequence(String subscription, String sequenceKey, int limit) {
            var letters = new ArrayList<>(super.sequence(subscription, sequenceKey, Integer.MAX_VALUE));
            return letters.reversed().stream().limit(limit).toList();
        }
    }

    /** Retries a letter for every subscription. */
    static final class RetriesEverySubscription extends SpoilableStorage {
        RetriesEverySubscription(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public int retry(DeadLetterFilter filter, String who) {
            return super.retry(
                    new DeadLetterFilter(
                            Optional.empty(),
                            filter.position(),
                            filter.sequenceKey(),
                            filter.type(),
                            filter.state(),
                            filter.failure(),
                            filter.parked()),
                    who);
        }
    }

    /** Forgets at once which effects are done. */
    static final class ForgetsEffects extends SpoilableStorage {
        ForgetsEffects(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void recordEffect(String subscription, long position, String name) {}
    }

    /** Keeps the records of effects until they fill the disk. */
    static final class KeepsEffectsForEver extends SpoilableStorage {
        private final Map<List<Object>, Set<String>> recorded = new HashMap<>();

        KeepsEffectsForEver(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void recordEffect(String subscription, long position, String name) {
            recorded.computeIfAbsent(List.of(subscription, position), event -> new HashSet<>())
                    .add(name);
        }

        @Override
        public Set<String> effects(String subscription, long position) {
            return recorded.getOrDefault(List.of(subscription, position), Set.of());
        }
    }

    /** Does not say who has too much. */
    static final class TellsNoSurplus extends SpoilableStorage {
        TellsNoSurplus(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public Map<String, Assignment> renew(String instance, Set<String> subscriptions, Duration lease) {
            var assignments = new HashMap<>(super.renew(instance, subscriptions, lease));
            assignments.replaceAll((name, assignment) ->
                    new Assignment(assignment.holding(), 0, assignment.paused(), assignment.lettersDue()));
            return assignments;
        }
    }

    /** Never takes a segment from one that is gone. */
    static final class LeasesForEver extends SpoilableStorage {
        LeasesForEver(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public Map<String, Assignment> renew(String instance, Set<String> subscriptions, Duration lease) {
            return super.renew(instance, subscriptions, Duration.ofDays(1));
        }
    }

    /** Takes segments from those that live. */
    static final class LeasesForNoTime extends SpoilableStorage {
        LeasesForNoTime(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public Map<String, Assignment> renew(String instance, Set<String> subscriptions, Duration lease) {
            return super.renew(instance, subscriptions, Duration.ofMillis(1));
        }
    }

    /** Frees the segments of one that leaves, and keeps its share for it. */
    static final class RemembersThoseWhoLeft extends SpoilableStorage {
        RemembersThoseWhoLeft(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void leave(String subscription, String instance) {
            release(subscription, instance, holding(subscription, instance).claims());
        }
    }

    /** Moves the checkpoints as their owner would. */
    static final class ResetsWithoutEndingClaims extends SpoilableStorage {
        ResetsWithoutEndingClaims(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public void reset(String subscription, long position) {
            var owner = segments(subscription).getFirst().owner().orElseThrow();
            var holding = correct.holding(subscription, owner);
            var moves = holding.claims().stream()
                    .collect(Collectors.toMap(Claim::segment, claim -> Checkpoint.at(position)));
            try (var page = correct.begin(subscription, holding, moves)) {
                for (var letter : list(DeadLetterFilter.of(subscription), Integer.MAX_VALUE)) {
                    if (letter.position() > position) {
                        page.settle(letter);
                    }
                }
                page.commit();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Replaces what the exception said only in the message. */
    static final class RedactsNoStackTrace extends SpoilableStorage {
        RedactsNoStackTrace(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public List<DeadLetter> list(DeadLetterFilter filter, int limit) {
            return super.list(filter, limit).stream().map(this::withStackTrace).toList();
        }

        private DeadLetter withStackTrace(DeadLetter letter) {
            return letter.failure()
                    .filter(failure -> failure.message().equals(Failure.REDACTED))
                    .map(failure -> letter.withFailure(
                            new Failure(failure.exceptionClass(), failure.message(), "a trace", failure.fingerprint())))
                    .orElse(letter);
        }
    }

    /** Redacts the letters of the first stream that it is given. */
    static final class RedactsOneStream extends SpoilableStorage {
        RedactsOneStream(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public long redactFailures(Collection<StreamId> streams) {
            return super.redactFailures(streams.stream().limit(1).toList());
        }
    }

    /** Counts in the way that redacts. */
    static final class RedactsWhenItCounts extends SpoilableStorage {
        RedactsWhenItCounts(InMemorySubscriptionStorage<List<String>> correct) {
            super(correct);
        }

        @Override
        public long countFailures(Collection<StreamId> streams) {
            return super.redactFailures(streams);
        }
    }
}
