package dev.headwater.subscription;

import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.ParkedSequence;
import java.time.Duration;
import java.util.ArrayList;
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
    private final Map<Integer, Segment> owned = new TreeMap<>();

    OwnedSegments(SequenceKey sequenceKey, int segments) {
        this.sequenceKey = sequenceKey;
        this.segments = segments;
    }

    /** A segment as this instance has it. */
    static final class Segment {
        private final long epoch;
        /** The checkpoint as it is stored, at or before {@link #position}. */
        private long stored;
        /** Every wanted event up to here has been handled. */
        private long position;

        private final Set<String> parked = new HashSet<>();

        private Segment(Claim claim) {
            this.epoch = claim.epoch();
            this.stored = claim.position();
            this.position = claim.position();
        }
    }

    /**
     * An event with what its order depends on.
     *
     * @param key its sequence key
     * @param segment the segment of the key
     */
    record Keyed(StoredEvent event, String key, int segment) {}

    /** Keeps what is still owned, and takes in what is new. */
    void adopt(Collection<Claim> claims, Function<Set<Integer>, List<ParkedSequence>> parked) {
        var numbers = claims.stream().map(Claim::segment).collect(Collectors.toSet());
        owned.keySet().retainAll(numbers);
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
        return owned.values().stream().allMatch(segment -> segment.stored == segment.position);
    }

    /** How far the stored checkpoints are behind. */
    long unstored() {
        return owned.values().stream()
                .mapToLong(segment -> segment.position - segment.stored)
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

    /** The claims whose checkpoints are before a position. */
    List<Claim> claimsBefore(long position) {
        var claims = new ArrayList<Claim>();
        owned.forEach((number, segment) -> {
            if (segment.stored < position) {
                claims.add(claim(number));
            }
        });
        return claims;
    }

    Claim claim(int number) {
        var segment = segment(number);
        return new Claim(number, segment.epoch, segment.stored);
    }

    List<Claim> all() {
        return owned.keySet().stream().map(this::claim).toList();
    }

    /** Everything up to a position has been handled. */
    void handled(long through) {
        owned.values().forEach(segment -> segment.position = Math.max(segment.position, through));
    }

    /** Checkpoints now stand at a position. */
    void stored(Collection<Claim> claims, long position) {
        for (var claim : claims) {
            var segment = segment(claim.segment());
            segment.stored = position;
            segment.position = Math.max(segment.position, position);
        }
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
