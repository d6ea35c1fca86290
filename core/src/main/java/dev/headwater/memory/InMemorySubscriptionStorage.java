package dev.headwater.memory;

import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
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
import java.util.HashSet;
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
public final class InMemorySubscriptionStorage<T> implements SubscriptionStorage<T> {

    private final T transaction;
    private final InstantSource clock;
    /** Held by the one transaction that there is at a time. */
    private final ReentrantLock working = new ReentrantLock();
    /** Guards everything else, and never for long. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, State> subscriptions = new TreeMap<>();
    private final InMemoryDeadLetters letters;

    /** Storage that hands {@code transaction}, such as the read model itself, to every projection. */
    public InMemorySubscriptionStorage(T transaction) {
        this(transaction, InstantSource.system());
    }

    /** Storage whose leases and retries follow a clock. */
    public InMemorySubscriptionStorage(T transaction, InstantSource clock) {
        this.transaction = transaction;
        this.clock = clock;
        this.letters = new InMemoryDeadLetters(lock, clock);
    }

    /** The events that subscriptions could not handle. */
    public DeadLetters deadLetters() {
        return letters;
    }

    private static final class State {
        private final List<Segment> segments = new ArrayList<>();
        private final Map<String, Instant> members = new LinkedHashMap<>();
        private final Map<Long, Set<String>> effects = new HashMap<>();
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

    @Override
    public int register(String subscription, int segments, long initialPosition) {
        return locked(() -> subscriptions
                .computeIfAbsent(subscription, name -> new State(segments, initialPosition))
                .segments
                .size());
    }

    @Override
    public Map<String, Assignment> renew(String instance, Set<String> names, Duration lease) {
        return locked(() ->
                names.stream().collect(Collectors.toMap(Function.identity(), name -> renew(instance, name, lease))));
    }

    private Assignment renew(String instance, String subscription, Duration lease) {
        var state = state(subscription);
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
        return new Assignment(
                owned.stream().map(Segment::claim).toList(),
                Math.max(0, owned.size() - share),
                state.paused,
                letters.isAnyDue(subscription, numbers));
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
        page.parked.forEach(letter -> letters.park(page.subscription, letter));
        page.settled.forEach(position -> letters.settle(page.subscription, position));
        page.state.effects.keySet().removeAll(page.done);
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

    private final class Page implements PageTransaction<T> {
        private final String subscription;
        private final State state;
        private final List<Letter> parked = new ArrayList<>();
        private final List<Long> settled = new ArrayList<>();
        private final List<Long> done = new ArrayList<>();

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
            parked.add(letter);
        }

        @Override
        public boolean settle(DeadLetter letter) {
            boolean stillMeant = locked(() -> letters.isAsDecided(letter));
            if (stillMeant) {
                settled.add(letter.position());
            }
            return stillMeant;
        }

        @Override
        public void forgetEffects(long position) {
            done.add(position);
        }
    }

    @Override
    public void recordEffect(String subscription, long position, String name) {
        locked(() -> state(subscription)
                .effects
                .computeIfAbsent(position, event -> new HashSet<>())
                .add(name));
    }

    @Override
    public Set<String> effects(String subscription, long position) {
        return locked(() -> Set.copyOf(state(subscription).effects.getOrDefault(position, Set.of())));
    }

    @Override
    public List<ParkedSequence> parked(String subscription, Set<Integer> segments) {
        return locked(() -> letters.parked(subscription, segments));
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
        return letters.list(DeadLetterFilter.of(subscription).ofKey(sequenceKey), limit);
    }

    @Override
    public List<SubscriptionStatus.Segment> segments(String subscription) {
        return locked(() -> Optional.ofNullable(subscriptions.get(subscription)).stream()
                .flatMap(state -> state.segments.stream())
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
            letters.forget(subscription, position);
            return state.effects.keySet().removeIf(event -> !isParked(subscription, event));
        });
    }

    private boolean isParked(String subscription, long position) {
        return letters.count(DeadLetterFilter.of(subscription).at(position)).letters() > 0;
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
            long unhandled = letters.count(DeadLetterFilter.of(successor)).letters();
            if (unhandled > 0) {
                throw new IllegalStateException("The subscription '" + successor + "' has " + unhandled
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
        locked(() -> {
            letters.forget(subscription, 0);
            return subscriptions.remove(subscription) != null;
        });
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
