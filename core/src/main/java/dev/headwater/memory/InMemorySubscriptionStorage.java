package dev.headwater.memory;

import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.SubscriptionOverview;
import dev.headwater.subscription.SubscriptionOverview.Letters;
import dev.headwater.subscription.SubscriptionOverview.Pause;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.UnknownSubscriptionException;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.ParkedSequence;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

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

    private final Map<String, InMemorySubscription> subscriptions = new TreeMap<>();
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

    @Override
    public int register(String subscription, int segments, long initialPosition) {
        return locked(() -> subscriptions
                .computeIfAbsent(subscription, name -> new InMemorySubscription(segments, initialPosition))
                .segments
                .size());
    }

    @Override
    public Map<String, Assignment> renew(String instance, Set<String> names, Duration lease) {
        return locked(() -> names.stream()
                .filter(subscriptions::containsKey)
                .collect(Collectors.toMap(Function.identity(), name -> renew(instance, name, lease))));
    }

    private Assignment renew(String instance, String subscription, Duration lease) {
        var state = state(subscription);
        var owned = state.renew(instance, clock.instant(), lease);
        var numbers = owned.stream().map(segment -> segment.number).collect(Collectors.toSet());
        return new Assignment(
                state.holding(instance),
                Math.max(0, owned.size() - state.share(instance)),
                state.pause.isPresent() || state.replacedBy.isPresent(),
                letters.isAnyDue(subscription, numbers));
    }

    @Override
    public Holding holding(String subscription, String instance) {
        return locked(() -> state(subscription).holding(instance));
    }

    @Override
    public void release(String subscription, String instance, Collection<Claim> claims) {
        locked(() -> {
            for (var claim : claims) {
                state(subscription).release(instance, claim);
            }
            return true;
        });
    }

    @Override
    public void leave(String subscription, String instance) {
        release(subscription, instance, holding(subscription, instance).claims());
        locked(() -> state(subscription).members.remove(instance) != null);
    }

    @Override
    public void succeed(String subscription, String former, String successor) {
        locked(() -> {
            var state = subscriptions.get(subscription);
            if (state != null) {
                state.end(instance -> instance.startsWith(former) && !instance.equals(successor));
            }
            return true;
        });
    }

    @Override
    public PageTransaction<T> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to) {
        working.lock();
        boolean begun = false;
        try {
            var page = locked(() -> {
                var state = state(subscription);
                state.requireUnchanged(subscription, holding);
                state.setBusy(holding, true);
                return new Page(subscription, state, holding, to);
            });
            begun = true;
            return page;
        } finally {
            if (!begun) {
                working.unlock();
            }
        }
    }

    private final class Page implements PageTransaction<T> {
        private final String subscription;
        private final InMemorySubscription state;
        private final Holding holding;
        private final Map<Integer, Checkpoint> to;
        private final List<Letter> parked = new ArrayList<>();
        private final List<Long> settled = new ArrayList<>();
        private final List<Long> done = new ArrayList<>();

        private Page(String subscription, InMemorySubscription state, Holding holding, Map<Integer, Checkpoint> to) {
            this.subscription = subscription;
            this.state = state;
            this.holding = holding;
            this.to = to;
        }

        @Override
        public T transaction() {
            return transaction;
        }

        @Override
        public Mark mark() {
            return new Mark() {
                @Override
                public void keep() {}

                @Override
                public void undo(Throwable failure) {}
            };
        }

        @Override
        public void commit() {
            locked(() -> {
                state.requireUnchanged(subscription, holding);
                state.takeNumber(holding.instance());
                parked.forEach(letter -> letters.park(subscription, letter));
                settled.forEach(position -> letters.settle(subscription, position));
                state.effects.keySet().removeAll(done);
                to.forEach((segment, checkpoint) -> state.segments.get(segment).checkpoint = checkpoint);
                return true;
            });
        }

        @Override
        public void close() {
            locked(() -> state.setBusy(holding, false));
            working.unlock();
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
        locked(() -> {
            var state = state(subscription);
            boolean awaited = isParked(subscription, position)
                    || state.segments.stream().anyMatch(segment -> segment.checkpoint.isBefore(position));
            return awaited
                    && state.effects
                            .computeIfAbsent(position, event -> new HashSet<>())
                            .add(name);
        });
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
    public Optional<byte[]> record(String subscription, long position) {
        return locked(() -> letters.record(subscription, position));
    }

    @Override
    public List<SubscriptionStatus.Segment> segments(String subscription) {
        return locked(() -> Optional.ofNullable(subscriptions.get(subscription)).stream()
                .flatMap(state -> state.segments.stream())
                .map(segment -> new SubscriptionStatus.Segment(
                        segment.number, segment.checkpoint.complete(), Optional.ofNullable(segment.owner)))
                .toList());
    }

    @Override
    public void pause(String subscription, String who) {
        locked(() -> {
            var state = state(subscription);
            state.pause = state.pause.or(() -> Optional.of(new Pause(who, clock.instant())));
            return state.pause;
        });
    }

    @Override
    public void resume(String subscription) {
        locked(() -> {
            var state = state(subscription);
            if (state.replacedBy.isPresent()) {
                throw new IllegalStateException("The subscription '" + subscription + "' cannot go on: '"
                        + state.replacedBy.get() + "' has taken its place for good");
            }
            state.pause = Optional.empty();
            return true;
        });
    }

    /** One, since nothing separates two. */
    @Override
    public int concurrentTransactions() {
        return 1;
    }

    @Override
    public List<SubscriptionOverview> overview(Optional<String> subscription) {
        return locked(() -> subscriptions.entrySet().stream()
                .filter(entry -> subscription.isEmpty() || subscription.get().equals(entry.getKey()))
                .map(entry -> overview(entry.getKey(), entry.getValue()))
                .toList());
    }

    private SubscriptionOverview overview(String name, InMemorySubscription state) {
        var filter = DeadLetterFilter.of(name);
        long number = letters.count(filter).letters();
        return new SubscriptionOverview(
                name,
                segments(name),
                state.pause,
                state.replacedBy,
                new Letters(
                        Math.min(number, Letters.COUNTED),
                        number > Letters.COUNTED,
                        letters.countByFingerprint(filter).keySet().stream().findFirst()));
    }

    @Override
    public void reset(String subscription, long position) {
        locked(() -> {
            var state = state(subscription);
            state.reset(position);
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
            long furthest = old.furthest();
            long reached = state(successor).complete();
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
            old.replacedBy = Optional.of(successor);
            old.takeAway();
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
            state(subscription);
            letters.forget(subscription, 0);
            return subscriptions.remove(subscription);
        });
    }

    private InMemorySubscription state(String subscription) {
        var state = subscriptions.get(subscription);
        if (state == null) {
            throw new UnknownSubscriptionException(subscription, subscriptions.keySet());
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
