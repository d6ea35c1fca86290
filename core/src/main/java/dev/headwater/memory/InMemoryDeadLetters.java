package dev.headwater.memory;

import dev.headwater.store.AppendResult;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetter.State;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.ParkedSequence;
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
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The dead letters of an {@link InMemorySubscriptionStorage}, under its lock. */
final class InMemoryDeadLetters implements DeadLetters {

    private static final Comparator<DeadLetter> ORDER =
            Comparator.comparing(DeadLetter::subscription).thenComparingLong(DeadLetter::position);

    private final ReentrantLock lock;
    private final InstantSource clock;
    /** By subscription and position. */
    private final Map<String, Map<Long, Entry>> entries = new TreeMap<>();

    private final Map<Reference, List<Decision>> decisions = new HashMap<>();

    InMemoryDeadLetters(ReentrantLock lock, InstantSource clock) {
        this.lock = lock;
        this.clock = clock;
    }

    /** Held by the one who corrects a letter. */
    private final ReentrantLock correcting = new ReentrantLock();

    private record Entry(int segment, DeadLetter letter, Optional<byte[]> record) {}

    private record Reference(String subscription, long position) {}

    private Map<Long, Entry> entriesOf(String subscription) {
        return entries.computeIfAbsent(subscription, name -> new TreeMap<>());
    }

    /** A letter that was discarded while it was tried once more stays discarded. */
    void park(String subscription, Letter parked) {
        var now = clock.instant();
        var event = parked.event();
        var ofSubscription = entriesOf(subscription);
        var entry = Optional.ofNullable(ofSubscription.get(event.position()));
        var former = entry.map(Entry::letter);
        boolean discarded =
                former.filter(letter -> letter.state() == State.DISCARDED).isPresent();
        var failed = parked.failure().map(failure -> now);
        var letter = new DeadLetter(
                subscription,
                event.position(),
                former.map(DeadLetter::eventId).orElse(event.id()),
                former.map(DeadLetter::type).orElse(event.type()),
                event.stream(),
                parked.sequenceKey(),
                discarded ? State.DISCARDED : parked.state(),
                parked.attempts(),
                former.map(DeadLetter::parkedAt).orElse(now),
                former.flatMap(DeadLetter::firstFailure).or(() -> failed),
                failed,
                discarded ? Optional.of(now) : parked.retryIn().map(now::plus),
                parked.failure());
        var record = entry.map(Entry::record).orElse(Optional.ofNullable(event.record()));
        ofSubscription.put(event.position(), new Entry(parked.segment(), letter, record));
    }

    /** What was kept of the event with its letter. */
    Optional<byte[]> record(String subscription, long position) {
        return Optional.ofNullable(entriesOf(subscription).get(position)).flatMap(Entry::record);
    }

    /** Whether a letter is there, of the same event, and discarded only if it was so when it was read. */
    boolean isAsDecided(DeadLetter read) {
        var entry = entriesOf(read.subscription()).get(read.position());
        return entry != null
                && entry.letter.eventId().equals(read.eventId())
                && (entry.letter.state() != State.DISCARDED || read.state() == State.DISCARDED);
    }

    void settle(String subscription, long position) {
        var ofSubscription = entriesOf(subscription);
        var settled = ofSubscription.remove(position);
        if (settled == null) {
            return;
        }
        var key = settled.letter.sequenceKey();
        ofSubscription.values().stream()
                .map(Entry::letter)
                .filter(letter -> letter.sequenceKey().equals(key))
                .findFirst()
                .filter(next -> next.state() != State.PARKED)
                .ifPresent(next -> {
                    boolean discarded = next.state() == State.DISCARDED;
                    replace(next, discarded ? State.DISCARDED : State.RETRYING, Optional.of(clock.instant()));
                });
    }

    /** Forgets the letters of events after a position. */
    boolean forget(String subscription, long position) {
        return entriesOf(subscription).keySet().removeIf(letter -> letter > position);
    }

    boolean isAnyDue(String subscription, Set<Integer> segments) {
        var now = clock.instant();
        return ofSegments(subscription, segments)
                .flatMap(entry -> entry.letter.nextRetry().stream())
                .anyMatch(time -> !time.isAfter(now));
    }

    List<ParkedSequence> parked(String subscription, Set<Integer> segments) {
        var now = clock.instant();
        var leftBehind = ofSegments(subscription, segments)
                .map(Entry::letter)
                .filter(letter -> letter.state() == State.WAITING)
                .filter(letter -> letter.nextRetry().isEmpty() && isFirst(letter))
                .toList();
        leftBehind.forEach(letter -> replace(letter, State.RETRYING, Optional.of(now)));
        var sequences = new LinkedHashMap<String, ParkedSequence>();
        ofSegments(subscription, segments).forEach(entry -> {
            var key = entry.letter.sequenceKey();
            var dueIn = entry.letter.nextRetry().map(time -> Duration.between(now, time));
            sequences.merge(key, new ParkedSequence(entry.segment, key, dueIn), InMemoryDeadLetters::sooner);
        });
        return List.copyOf(sequences.values());
    }

    private Stream<Entry> ofSegments(String subscription, Set<Integer> segments) {
        return entriesOf(subscription).values().stream().filter(entry -> segments.contains(entry.segment));
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
        var counts = new TreeMap<String, Long>();
        letters(filter).stream()
                .flatMap(letter -> letter.failure().stream())
                .forEach(failure -> counts.merge(failure.fingerprint(), 1L, Long::sum));
        var sorted = new LinkedHashMap<String, Long>();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return sorted;
    }

    @Override
    public int retry(DeadLetterFilter filter, String who) {
        return retry(filter, Duration.ZERO, who);
    }

    @Override
    public int retry(DeadLetterFilter filter, Pace pace, String who) {
        return retry(filter, pace.spacing(), who);
    }

    private int retry(DeadLetterFilter filter, Duration spacing, String who) {
        return locked(() -> {
            var failed = undecided(filter)
                    .filter(letter -> letter.failure().isPresent())
                    .toList();
            var now = clock.instant();
            var turn = now;
            for (var letter : failed) {
                decide(letter, State.RETRYING, turn, new Decision(now, "retry", who, "", Optional.empty()));
                turn = isFirst(letter) ? turn.plus(spacing) : turn;
            }
            return failed.size();
        });
    }

    @Override
    public int discard(DeadLetterFilter filter, String who, String reason) {
        return locked(() -> {
            var now = clock.instant();
            var discarded = undecided(filter).toList();
            discarded.forEach(letter ->
                    decide(letter, State.DISCARDED, now, new Decision(now, "discard", who, reason, Optional.empty())));
            return discarded.size();
        });
    }

    /** The lock is free while the event is appended, since whoever hears of that may ask for letters. */
    @Override
    public AppendResult correct(String subscription, long position, Correction correction, String who, String reason) {
        correcting.lock();
        try {
            boolean repeated = history(subscription, position).stream()
                    .anyMatch(decision -> decision.correction().equals(Optional.of(correction.eventId())));
            var letter = DeadLetterFilter.of(subscription).at(position);
            if (!repeated && undecided(letter).findAny().isEmpty()) {
                throw new IllegalStateException("The event at position " + position + " is no dead letter of '"
                        + subscription + "' that is still undecided: look at its history");
            }
            var appended = correction.append().get();
            if (!repeated) {
                var now = clock.instant();
                var edit = new Decision(now, "edit", who, reason, Optional.of(correction.eventId()));
                locked(() -> {
                    undecided(letter).forEach(each -> decide(each, State.DISCARDED, now, edit));
                    return true;
                });
            }
            return appended;
        } finally {
            correcting.unlock();
        }
    }

    @Override
    public void replace(String subscription, long position, Replacement replacement, String who, String reason) {
        locked(() -> {
            boolean repeated = history(subscription, position).stream()
                    .anyMatch(decision -> decision.correction().equals(Optional.of(replacement.eventId())));
            var entry = entriesOf(subscription).get(position);
            if (repeated) {
                return true;
            }
            if (entry == null || entry.record.isEmpty() || entry.letter.state() == State.DISCARDED) {
                throw new IllegalStateException("The message at position " + position + " is no dead letter of '"
                        + subscription + "' that is still undecided and holds it: look at its history");
            }
            var letter = entry.letter;
            entriesOf(subscription).put(position, new Entry(entry.segment, letter, Optional.of(replacement.record())));
            var now = clock.instant();
            var state = letter.state() == State.WAITING ? State.WAITING : State.RETRYING;
            decide(
                    letter.of(replacement.eventId(), replacement.type()),
                    state,
                    now,
                    new Decision(now, "edit", who, reason, Optional.of(replacement.eventId())));
            return true;
        });
    }

    @Override
    public long countFailures(Collection<StreamId> streams) {
        return locked(() -> unredacted(streams).size());
    }

    @Override
    public long redactFailures(Collection<StreamId> streams) {
        return locked(() -> {
            var letters = unredacted(streams);
            letters.forEach(letter ->
                    keep(letter.withFailure(letter.failure().orElseThrow().redacted())));
            return letters.size();
        });
    }

    private List<DeadLetter> unredacted(Collection<StreamId> streams) {
        return letters(DeadLetterFilter.all()).stream()
                .filter(letter -> streams.contains(letter.stream()))
                .filter(letter -> letter.failure()
                        .filter(failure -> !failure.equals(failure.redacted()))
                        .isPresent())
                .toList();
    }

    private Stream<DeadLetter> undecided(DeadLetterFilter filter) {
        return letters(filter).stream().filter(letter -> letter.state() != State.DISCARDED);
    }

    private void decide(DeadLetter letter, State state, Instant turn, Decision decision) {
        replace(letter, state, Optional.of(turn).filter(time -> isFirst(letter)));
        decisions
                .computeIfAbsent(new Reference(letter.subscription(), letter.position()), key -> new ArrayList<>())
                .add(decision);
    }

    private void replace(DeadLetter letter, State newState, Optional<Instant> nextRetry) {
        keep(new DeadLetter(
                letter.subscription(),
                letter.position(),
                letter.eventId(),
                letter.type(),
                letter.stream(),
                letter.sequenceKey(),
                newState,
                letter.attempts(),
                letter.parkedAt(),
                letter.firstFailure(),
                letter.lastFailure(),
                nextRetry,
                letter.failure()));
    }

    private void keep(DeadLetter changed) {
        entriesOf(changed.subscription())
                .computeIfPresent(
                        changed.position(), (position, entry) -> new Entry(entry.segment, changed, entry.record));
    }

    private boolean isFirst(DeadLetter letter) {
        var sequence = DeadLetterFilter.of(letter.subscription()).ofKey(letter.sequenceKey());
        return list(sequence, 1).getFirst().position() == letter.position();
    }

    @Override
    public List<Decision> history(String subscription, long position) {
        return locked(() -> List.copyOf(decisions.getOrDefault(new Reference(subscription, position), List.of())));
    }

    private List<DeadLetter> letters(DeadLetterFilter filter) {
        return locked(() -> entries.values().stream()
                .flatMap(ofSubscription -> ofSubscription.values().stream())
                .map(Entry::letter)
                .filter(filter::matches)
                .toList());
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
