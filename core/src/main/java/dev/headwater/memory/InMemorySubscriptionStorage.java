package dev.headwater.memory;

import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.Failure;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.ClaimLostException;
import dev.headwater.subscription.spi.FairShare;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.ParkedSequence;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints, segments and dead letters in the memory of the process, for tests.
 *
 * <p>There is no transaction: what a projection wrote before it failed stays written, while checkpoints and dead
 * letters do move together. Thread-safe; one projection runs at a time.
 *
 * @param <T> the type of what is handed to projections
 */
public final class InMemorySubscriptionStorage<T> implements SubscriptionStorage<T>, DeadLetters {

    private static final Comparator<DeadLetter> ORDER =
            Comparator.comparing(DeadLetter::subscription).thenComparingLong(DeadLetter::position);

    private final T transaction;
    private final InstantSource clock;
    /** Held by the one transaction that there is at a time. */
    private final ReentrantLock working = new ReentrantLock();
    /** Guards everything else, and never for long. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, State> subscriptions = new TreeMap<>();
    private final Map<String, List<Decision>> decisions = new HashMap<>();

    /** Storage that hands {@code transaction}, such as the read model itself, to every projection. */
    public InMemorySubscriptionStorage(T transaction) {
        this(transaction, InstantSource.system());
    }

    /** Storage whose leases and retries follow a clock. */
    public InMemorySubscriptionStorage(T transaction, InstantSource clock) {
        this.transaction = transaction;
        this.clock = clock;
    }

    private static final class State {
        private final List<Segment> segments = new ArrayList<>();
        private final Map<String, Instant> members = new LinkedHashMap<>();
        private final Map<Long, Entry> letters = new TreeMap<>();
        private boolean paused;

        private State(int number, long position) {
            for (int i = 0; i < number; i++) {
                segments.add(new Segment(i, position));
            }
        }
    }

    private static final class Segment {
        private final int number;
        private long position;
        private long epoch;
        private @Nullable String owner;
        private Instant leaseUntil = Instant.MIN;
        /** Whether a transaction is moving it. */
        private boolean busy;

        private Segment(int number, long position) {
            this.number = number;
            this.position = position;
        }

        private boolean isFree(Instant now) {
            return !busy && (owner == null || leaseUntil.isBefore(now));
        }

        private Claim claim() {
            return new Claim(number, epoch, position);
        }
    }

    private record Entry(int segment, DeadLetter letter) {}

    @Override
    public int register(String subscription, int segments, long initialPosition) {
        return locked(() -> subscriptions
                .computeIfAbsent(subscription, name -> new State(segments, initialPosition))
                .segments
                .size());
    }

    @Override
    public Map<String, Assignment> renew(String instance, Set<String> names, Duration lease) {
        return locked(() -> names.stream()
                .collect(Collectors.toMap(Function.identity(), name -> renew(instance, state(name), lease))));
    }

    private Assignment renew(String instance, State state, Duration lease) {
        var now = clock.instant();
        var until = now.plus(lease);
        state.members.put(instance, until);
        state.members.values().removeIf(end -> end.isBefore(now));
        var members = List.copyOf(state.members.keySet());
        int share = FairShare.of(state.segments.size(), members.size(), members.indexOf(instance));
        var owned = new ArrayList<Segment>();
        for (var segment : state.segments) {
            if (instance.equals(segment.owner)) {
                segment.leaseUntil = until;
                owned.add(segment);
            }
        }
        for (var segment : state.segments) {
            if (owned.size() < share && segment.isFree(now)) {
                segment.owner = instance;
                segment.epoch++;
                segment.leaseUntil = until;
                owned.add(segment);
            }
        }
        var numbers = owned.stream().map(segment -> segment.number).collect(Collectors.toSet());
        boolean due = state.letters.values().stream()
                .anyMatch(entry -> numbers.contains(entry.segment)
                        && entry.letter
                                .nextRetry()
                                .filter(time -> !time.isAfter(now))
                                .isPresent());
        return new Assignment(
                owned.stream().map(Segment::claim).toList(), Math.max(0, owned.size() - share), state.paused, due);
    }

    @Override
    public List<Claim> claims(String subscription, String instance) {
        return locked(() -> state(subscription).segments.stream()
                .filter(segment -> instance.equals(segment.owner))
                .map(Segment::claim)
                .toList());
    }

    @Override
    public void release(String subscription, String instance, Collection<Claim> claims) {
        locked(() -> {
            for (var claim : claims) {
                var segment = state(subscription).segments.get(claim.segment());
                if (instance.equals(segment.owner) && segment.epoch == claim.epoch()) {
                    segment.owner = null;
                }
            }
            return true;
        });
    }

    @Override
    public void leave(String subscription, String instance) {
        release(subscription, instance, claims(subscription, instance));
        locked(() -> state(subscription).members.remove(instance) != null);
    }

    @Override
    public void advance(String subscription, Collection<Claim> claims, long to, Work<T> work) throws Exception {
        working.lock();
        try {
            var page = locked(() -> begin(subscription, claims));
            try {
                work.in(page);
                locked(() -> commit(page, claims, to));
            } finally {
                locked(() -> setBusy(page.state, claims, false));
            }
        } finally {
            working.unlock();
        }
    }

    private Page begin(String subscription, Collection<Claim> claims) {
        var state = state(subscription);
        requireUnchanged(subscription, state, claims);
        setBusy(state, claims, true);
        return new Page(subscription, state);
    }

    private boolean commit(Page page, Collection<Claim> claims, long to) {
        requireUnchanged(page.subscription, page.state, claims);
        page.parked.forEach((position, entry) -> park(page.state, position, entry));
        page.settled.forEach(position -> settle(page.state, position));
        claims.forEach(claim -> page.state.segments.get(claim.segment()).position = to);
        return true;
    }

    private static void requireUnchanged(String subscription, State state, Collection<Claim> claims) {
        for (var claim : claims) {
            if (!state.segments.get(claim.segment()).claim().equals(claim)) {
                throw new ClaimLostException(subscription);
            }
        }
    }

    private static boolean setBusy(State state, Collection<Claim> claims, boolean busy) {
        claims.forEach(claim -> state.segments.get(claim.segment()).busy = busy);
        return busy;
    }

    /** A letter that was discarded while it was tried once more stays discarded. */
    private void park(State state, long position, Entry entry) {
        var former = state.letters.put(position, entry);
        if (former != null && former.letter.state() == DeadLetter.State.DISCARDED) {
            replace(entry.letter, DeadLetter.State.DISCARDED, Optional.of(clock.instant()));
        }
    }

    private void settle(State state, long position) {
        var settled = state.letters.remove(position);
        if (settled == null) {
            return;
        }
        var key = settled.letter.sequenceKey();
        state.letters.values().stream()
                .filter(entry -> entry.letter.sequenceKey().equals(key))
                .findFirst()
                .filter(next -> next.letter.state() != DeadLetter.State.PARKED)
                .ifPresent(next -> {
                    boolean discarded = next.letter.state() == DeadLetter.State.DISCARDED;
                    replace(
                            next.letter,
                            discarded ? DeadLetter.State.DISCARDED : DeadLetter.State.RETRYING,
                            Optional.of(clock.instant()));
                });
    }

    private final class Page implements PageTransaction<T> {
        private final String subscription;
        private final State state;
        private final Map<Long, Entry> parked = new HashMap<>();
        private final List<Long> settled = new ArrayList<>();

        private Page(String subscription, State state) {
            this.subscription = subscription;
            this.state = state;
        }

        @Override
        public T transaction() {
            return transaction;
        }

        @Override
        public void attempt(Part<T> part) throws Exception {
            part.in(transaction);
        }

        @Override
        public void park(Letter letter) {
            var now = clock.instant();
            var event = letter.event();
            var former = locked(() -> Optional.ofNullable(state.letters.get(event.position())));
            parked.put(
                    event.position(),
                    new Entry(
                            letter.segment(),
                            new DeadLetter(
                                    subscription,
                                    event.position(),
                                    event.id(),
                                    event.type(),
                                    event.stream(),
                                    letter.sequenceKey(),
                                    letter.state(),
                                    letter.attempts(),
                                    former.map(entry -> entry.letter.parkedAt()).orElse(now),
                                    letter.failure().map(failure -> now),
                                    letter.retryIn().map(now::plus),
                                    letter.failure())));
        }

        @Override
        public void settle(long position) {
            settled.add(position);
        }
    }

    @Override
    public List<ParkedSequence> parked(String subscription, Set<Integer> segments) {
        return locked(() -> {
            var now = clock.instant();
            var sequences = new LinkedHashMap<String, ParkedSequence>();
            for (var entry : state(subscription).letters.values()) {
                if (segments.contains(entry.segment)) {
                    var letter = entry.letter;
                    sequences.merge(
                            letter.sequenceKey(),
                            new ParkedSequence(
                                    entry.segment,
                                    letter.sequenceKey(),
                                    letter.nextRetry().map(time -> Duration.between(now, time))),
                            InMemorySubscriptionStorage::sooner);
                }
            }
            return List.copyOf(sequences.values());
        });
    }

    private static ParkedSequence sooner(ParkedSequence one, ParkedSequence other) {
        if (one.dueIn().isEmpty()) {
            return other;
        }
        boolean otherIsSooner = other.dueIn().isPresent()
                && other.dueIn().get().compareTo(one.dueIn().get()) < 0;
        return otherIsSooner ? other : one;
    }

    @Override
    public List<ParkedSequence> due(String subscription, Set<Integer> segments, int limit) {
        return parked(subscription, segments).stream()
                .filter(sequence -> sequence.dueIn().isPresent())
                .sorted(Comparator.comparing(sequence -> sequence.dueIn().orElseThrow()))
                .limit(limit)
                .toList();
    }

    @Override
    public List<DeadLetter> sequence(String subscription, String sequenceKey, int limit) {
        return list(DeadLetterFilter.of(subscription).ofKey(sequenceKey), limit);
    }

    @Override
    public List<SubscriptionStatus.Segment> segments(String subscription) {
        return locked(() -> state(subscription).segments.stream()
                .map(segment -> new SubscriptionStatus.Segment(
                        segment.number, segment.position, Optional.ofNullable(segment.owner)))
                .toList());
    }

    @Override
    public void setPaused(String subscription, boolean paused) {
        locked(() -> state(subscription).paused = paused);
    }

    @Override
    public void reset(String subscription, long position) {
        locked(() -> {
            var state = state(subscription);
            for (var segment : state.segments) {
                segment.position = position;
                segment.epoch++;
            }
            return state.letters.keySet().removeIf(letter -> letter > position);
        });
    }

    @Override
    public void replace(String former, String successor, PageTransaction.Part<T> work) throws Exception {
        lock.lock();
        try {
            var old = state(former);
            long furthest = old.segments.stream()
                    .mapToLong(segment -> segment.position)
                    .max()
                    .orElse(0);
            long reached = state(successor).segments.stream()
                    .mapToLong(segment -> segment.position)
                    .min()
                    .orElse(0);
            if (reached < furthest) {
                throw new IllegalStateException("The subscription '" + successor + "' has come to position " + reached
                        + ", and '" + former + "' to " + furthest + ": it cannot take its place yet");
            }
            int letters = state(successor).letters.size();
            if (letters > 0) {
                throw new IllegalStateException("The subscription '" + successor + "' has " + letters
                        + " dead letters: retry or discard them before it takes the place of '" + former + "'");
            }
            work.in(transaction);
            old.paused = true;
            for (var segment : old.segments) {
                segment.owner = null;
                segment.epoch++;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Refuses, since nothing that is written here can be undone. */
    @Override
    public List<String> rehearse(PageTransaction.Part<T> part) {
        throw new UnsupportedOperationException("A storage in memory cannot rehearse: it has no transaction to undo");
    }

    @Override
    public void forget(String subscription) {
        locked(() -> subscriptions.remove(subscription) != null);
    }

    @Override
    public List<DeadLetter> list(DeadLetterFilter filter, int limit) {
        return letters(filter).stream().limit(limit).toList();
    }

    @Override
    public List<DeadLetter> list(DeadLetterFilter filter, DeadLetter after, int limit) {
        return letters(filter).stream()
                .filter(letter -> ORDER.compare(letter, after) > 0)
                .limit(limit)
                .toList();
    }

    @Override
    public Count count(DeadLetterFilter filter) {
        var letters = letters(filter);
        long sequences = letters.stream()
                .map(letter -> List.of(letter.subscription(), letter.sequenceKey()))
                .distinct()
                .count();
        return new Count(letters.size(), sequences);
    }

    @Override
    public Map<String, Long> countByFingerprint(DeadLetterFilter filter) {
        return letters(filter).stream()
                .flatMap(letter -> letter.failure().stream())
                .collect(Collectors.groupingBy(Failure::fingerprint, TreeMap::new, Collectors.counting()));
    }

    @Override
    public int retry(DeadLetterFilter filter, String who) {
        return locked(() -> {
            var failed = letters(filter).stream()
                    .filter(letter -> letter.failure().isPresent() && letter.state() != DeadLetter.State.DISCARDED)
                    .toList();
            failed.forEach(letter -> decide(letter, DeadLetter.State.RETRYING, "retry", who, ""));
            return failed.size();
        });
    }

    @Override
    public int discard(DeadLetterFilter filter, String who, String reason) {
        return locked(() -> {
            var letters = letters(filter).stream()
                    .filter(letter -> letter.state() != DeadLetter.State.DISCARDED)
                    .toList();
            letters.forEach(letter -> decide(letter, DeadLetter.State.DISCARDED, "discard", who, reason));
            return letters.size();
        });
    }

    private void decide(DeadLetter letter, DeadLetter.State state, String what, String who, String reason) {
        var now = clock.instant();
        replace(letter, state, Optional.of(now).filter(time -> isFirst(letter)));
        decisions
                .computeIfAbsent(letter.subscription() + '\0' + letter.position(), key -> new ArrayList<>())
                .add(new Decision(now, what, who, reason));
    }

    private void replace(DeadLetter letter, DeadLetter.State newState, Optional<Instant> nextRetry) {
        var replaced = new DeadLetter(
                letter.subscription(),
                letter.position(),
                letter.eventId(),
                letter.type(),
                letter.stream(),
                letter.sequenceKey(),
                newState,
                letter.attempts(),
                letter.parkedAt(),
                letter.lastFailure(),
                nextRetry,
                letter.failure());
        state(letter.subscription())
                .letters
                .computeIfPresent(letter.position(), (position, entry) -> new Entry(entry.segment, replaced));
    }

    private boolean isFirst(DeadLetter letter) {
        return sequence(letter.subscription(), letter.sequenceKey(), 1)
                        .getFirst()
                        .position()
                == letter.position();
    }

    @Override
    public List<Decision> history(String subscription, long position) {
        return locked(() -> List.copyOf(decisions.getOrDefault(subscription + '\0' + position, List.of())));
    }

    private List<DeadLetter> letters(DeadLetterFilter filter) {
        return locked(() -> subscriptions.values().stream()
                .flatMap(state -> state.letters.values().stream())
                .map(Entry::letter)
                .filter(filter::matches)
                .toList());
    }

    private State state(String subscription) {
        var state = subscriptions.get(subscription);
        if (state == null) {
            throw new IllegalArgumentException(
                    "The subscription '" + subscription + "' is not known: it was never started");
        }
        return state;
    }

    private <R> R locked(Supplier<R> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
