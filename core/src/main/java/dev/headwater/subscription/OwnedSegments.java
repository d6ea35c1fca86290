package dev.headwater.subscription;

import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.ParkedSequence;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The segments that a subscription handles here, and the keys in them that are parked. Used by one thread. */
final class OwnedSegments {

    private final SequenceKey sequenceKey;
    private final int segments;
    private final String instance;
    /** The latest number that this instance knows to be taken. */
    private long number;

    private final Map<Integer, Segment> owned = new TreeMap<>();

    OwnedSegments(SequenceKey sequenceKey, int segments, String instance) {
        this.sequenceKey = sequenceKey;
        this.segments = segments;
        this.instance = instance;
    }

    /** A segment as this instance has it. */
    static final class Segment {
        private final long epoch;
        /** The checkpoint as it is stored, at or before {@link #position}. */
        private Checkpoint stored;
        /** Every wanted event up to here has been handled. */
        private long position;

        private final Set<String> parked = new HashSet<>();

        private Segment(Claim claim) {
            this.epoch = claim.epoch();
            this.stored = claim.checkpoint();
            this.position = claim.checkpoint().complete();
        }
    }

    /**
     * An event with what its order depends on.
     *
     * @param key its sequence key
     * @param segment the segment of the key
     */
    record Keyed(StoredEvent event, String key, int segment) {}

    /** Whether these are the segments that are owned, and nothing has happened to them since. */
    boolean knows(Collection<Claim> claims) {
        return claims.size() == owned.size() && claims.stream().noneMatch(this::isNew);
    }

    /** Keeps what is still owned, and takes in what is new. */
    void adopt(Holding holding, Function<Set<Integer>, List<ParkedSequence>> parked) {
        var claims = holding.claims();
        owned.keySet().retainAll(claims.stream().map(Claim::segment).toList());
        number = holding.number();
        var fresh = claims.stream().filter(this::isNew).toList();
        if (fresh.isEmpty()) {
            return;
        }
        var sequences = parked.apply(fresh.stream().map(Claim::segment).collect(Collectors.toSet()));
        fresh.forEach(claim -> owned.put(claim.segment(), new Segment(claim)));
        sequences.forEach(sequence -> park(sequence.segment(), sequence.sequenceKey()));
    }

    private boolean isNew(Claim claim) {
        var known = owned.get(claim.segment());
        return known == null || known.epoch != claim.epoch();
    }

    /** Forgets everything, so that it is read again. */
    void clear() {
        owned.clear();
    }

    /** Gives up to {@code number} segments away, those that are behind last; returns what must be given back. */
    List<Claim> giveUp(int number) {
        var given = owned.keySet().stream().limit(number).toList();
        var claims = given.stream().map(this::claim).toList();
        given.forEach(owned::remove);
        return claims;
    }

    boolean isEmpty() {
        return owned.isEmpty();
    }

    boolean isComplete() {
        return owned.size() == segments;
    }

    int size() {
        return owned.size();
    }

    Set<Integer> numbers() {
        return Set.copyOf(owned.keySet());
    }

    /** Every wanted event of the owned segments up to here has been handled. */
    long position() {
        return owned.values().stream()
                .mapToLong(segment -> segment.position)
                .min()
                .orElse(0);
    }

    boolean isStored() {
        return owned.values().stream().allMatch(segment -> segment.stored.complete() == segment.position);
    }

    /** How far the stored checkpoints are behind. */
    long unstored() {
        return owned.values().stream()
                .mapToLong(segment -> segment.position - segment.stored.complete())
                .max()
                .orElse(0);
    }

    /** The segment and key of an event that is to be handled here and was not yet; otherwise nothing. */
    @Nullable
    Keyed toHandle(StoredEvent event) {
        var key = keyOf(sequenceKey, event);
        int number = segmentOf(key, segments);
        var segment = owned.get(number);
        return segment != null && event.position() > segment.position ? new Keyed(event, key, number) : null;
    }

    static String keyOf(SequenceKey sequenceKey, StoredEvent event) {
        try {
            return sequenceKey.of(event);
        } catch (RuntimeException e) {
            return event.stream().name();
        }
    }

    /** Spreads keys over segments; never to be changed, since every stored checkpoint depends on it. */
    static int segmentOf(String key, int segments) {
        int hash = key.hashCode() * 0x9E3779B9;
        return Math.floorMod(hash ^ hash >>> 16, segments);
    }

    /** Where the checkpoints that are before a position move when everything up to there is handled. */
    Map<Integer, Checkpoint> movesTo(long position) {
        var moves = new TreeMap<Integer, Checkpoint>();
        owned.forEach((segment, state) -> {
            if (state.stored.complete() < position) {
                moves.put(segment, Checkpoint.at(position));
            }
        });
        return moves;
    }

    private Claim claim(int segment) {
        var state = segment(segment);
        return new Claim(segment, state.epoch, state.stored);
    }

    /** What is owned, as it is stored. */
    Holding holding() {
        return new Holding(
                instance, number, owned.keySet().stream().map(this::claim).toList());
    }

    /** Everything up to a position has been handled. */
    void handled(long through) {
        owned.values().forEach(segment -> segment.position = Math.max(segment.position, through));
    }

    /** A transaction was committed that moves checkpoints. */
    void moved(Map<Integer, Checkpoint> moves) {
        number++;
        moves.forEach((segment, to) -> {
            var state = segment(segment);
            state.stored = to;
            state.position = Math.max(state.position, to.complete());
        });
    }

    boolean isParked(Keyed event) {
        return segment(event.segment()).parked.contains(event.key());
    }

    void park(int number, String key) {
        segment(number).parked.add(key);
    }

    void unpark(int number, String key) {
        segment(number).parked.remove(key);
    }

    private Segment segment(int number) {
        return Optional.ofNullable(owned.get(number))
                .orElseThrow(() -> new IllegalStateException("Segment " + number + " is not owned here"));
    }

    /** The time of the sequence that is due first. */
    static Optional<Duration> firstDue(List<ParkedSequence> sequences) {
        return sequences.stream().flatMap(sequence -> sequence.dueIn().stream()).min(Duration::compareTo);
    }
}
