package dev.headwater.subscription;

import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.Holding;
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
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The segments that a subscription handles here, and the keys in them that are parked. Used by one thread. */
final class OwnedSegments {

    private final SequenceKeys keys;
    private final String instance;
    /** The latest number that this instance knows to be taken. */
    private long number;

    private final Map<Integer, Segment> owned = new TreeMap<>();
    private Map<Integer, Long> epochs = Map.of();

    OwnedSegments(SequenceKeys keys, String instance) {
        this.keys = keys;
        this.instance = instance;
    }

    /** A segment as this instance has it. */
    private static final class Segment {
        private final long epoch;
        /** The checkpoint as it is stored. */
        private Checkpoint stored;
        /** Up to here the log was read. */
        private long position;
        /** What was read and is not handled yet. */
        private final TreeSet<Long> open;
        /** Those of the open positions that are to be read once more, as after the segment changed hands. */
        private final TreeSet<Long> unread;
        /** The last position that was handled. */
        private long furthest;
        /** Whether something was handled that is not stored. */
        private boolean unstored;

        private final Marks marks;
        private final Set<String> parked = new HashSet<>();

        private Segment(Claim claim) {
            this.epoch = claim.epoch();
            this.stored = claim.checkpoint();
            this.position = stored.position();
            this.furthest = stored.position();
            this.open = new TreeSet<>(stored.open());
            this.unread = new TreeSet<>(stored.open());
            this.marks = new Marks(stored.marks());
        }

        /** Whether an event is to be handled and was not yet, be it for the first time or in vain. */
        private boolean wants(StoredEvent event) {
            long place = event.position();
            if (place <= position) {
                return unread.contains(place);
            }
            var origin = event.origin();
            return origin.isEmpty() || !marks.isRepetition(place, origin.get());
        }

        private void handledUpTo(long place) {
            furthest = Math.max(furthest, place);
            marks.settle(furthest);
        }

        /** After this position the log is to be read. */
        private long readFrom() {
            return unread.isEmpty() ? position : unread.getFirst() - 1;
        }

        /** Up to here everything is handled, and that is stored or nothing was wanted. */
        private long reached() {
            return open.isEmpty() && !unstored ? position : stored.complete();
        }

        /** What is to be stored. What is open behind all that is handled need not be listed: it is read again. */
        private Checkpoint checkpoint() {
            var next = open.higher(furthest);
            long to = next == null ? position : next - 1;
            return new Checkpoint(to, List.copyOf(open.headSet(furthest, true)), marks.upTo(to));
        }
    }

    /**
     * An event with what its order depends on.
     *
     * @param key its sequence key
     * @param segment the segment of the key
     * @param problem why it has no key of its own, so that nobody can handle it in order; usually nothing
     */
    record Keyed(
            StoredEvent event,
            String key,
            int segment,
            @Nullable UnusableKeyException problem) {

        long position() {
            return event.position();
        }
    }

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
        if (!fresh.isEmpty()) {
            var sequences = parked.apply(fresh.stream().map(Claim::segment).collect(Collectors.toSet()));
            fresh.forEach(claim -> owned.put(claim.segment(), new Segment(claim)));
            sequences.forEach(sequence -> park(sequence.segment(), sequence.sequenceKey()));
        }
        noteEpochs();
    }

    private boolean isNew(Claim claim) {
        var known = owned.get(claim.segment());
        return known == null || known.epoch != claim.epoch();
    }

    /** Forgets everything, so that it is read again. */
    void clear() {
        owned.clear();
        noteEpochs();
    }

    /** The claims of some segments, which are not owned any more from here on. */
    List<Claim> giveUp(Collection<Integer> given) {
        var claims = given.stream().map(this::claim).toList();
        given.forEach(owned::remove);
        noteEpochs();
        return claims;
    }

    boolean isEmpty() {
        return owned.isEmpty();
    }

    boolean isComplete() {
        return owned.size() == keys.segments();
    }

    Set<Integer> numbers() {
        return Set.copyOf(owned.keySet());
    }

    /** With which epoch a segment is owned; nothing when it is not. */
    @Nullable
    Long epoch(int number) {
        var segment = owned.get(number);
        return segment == null ? null : segment.epoch;
    }

    /** With which epochs the segments are owned. */
    Map<Integer, Long> epochs() {
        return epochs;
    }

    private void noteEpochs() {
        epochs = owned.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> entry.getValue().epoch));
    }

    /** After this position the log is to be read. */
    long readFrom() {
        return least(Segment::readFrom);
    }

    /** Every wanted event of the owned segments up to here was handled, which is stored where that matters. */
    long reached() {
        return least(Segment::reached);
    }

    private long least(ToLongFunction<Segment> position) {
        return owned.values().stream().mapToLong(position).min().orElse(0);
    }

    /** How many events were read and are not handled yet. */
    int open() {
        return owned.values().stream()
                .mapToInt(segment -> segment.open.size() - segment.unread.size())
                .sum();
    }

    /** Whether something was handled that is not stored. */
    boolean isHandledUnstored() {
        return owned.values().stream().anyMatch(segment -> segment.unstored);
    }

    boolean isStored() {
        return owned.values().stream().allMatch(segment -> segment.stored.equals(segment.checkpoint()));
    }

    /** How far the stored checkpoints are behind. */
    long unstored() {
        return owned.values().stream()
                .mapToLong(segment -> segment.checkpoint().position() - segment.stored.position())
                .max()
                .orElse(0);
    }

    /**
     * The event with its key when it is to be handled here and was not yet; otherwise nothing.
     *
     * @throws UnknownKeyException when nobody can tell
     */
    @Nullable
    Keyed toHandle(StoredEvent event) {
        var keyed = keys.keyed(event);
        var segment = owned.get(keyed.segment());
        return segment != null && segment.wants(event) ? keyed : null;
    }

    /**
     * Those of a page that are to be handled here and were not yet, with their keys. Nothing is remembered of the page
     * until it is {@linkplain #read in work} or {@linkplain #handled(long) handled}.
     *
     * @throws UnknownKeyException when nobody can tell
     */
    List<Keyed> toHandle(List<StoredEvent> page) {
        owned.values().forEach(segment -> segment.marks.beginPage());
        var wanted = new ArrayList<Keyed>(page.size());
        for (var event : page) {
            var keyed = toHandle(event);
            if (keyed != null) {
                wanted.add(keyed);
            }
        }
        return wanted;
    }

    /** The log was read up to a position, and these of its events are in work; others are not wanted any more. */
    void read(Collection<Keyed> events, long through) {
        for (var segment : owned.values()) {
            segment.position = Math.max(segment.position, through);
            segment.marks.keepPage();
            var passed = segment.unread.headSet(through, true);
            segment.open.removeAll(List.copyOf(passed));
            passed.clear();
        }
        for (var event : events) {
            segment(event.segment()).open.add(event.position());
        }
    }

    /** An open event is to be read again. */
    void unread(int number, long position) {
        var segment = segment(number);
        segment.open.add(position);
        segment.unread.add(position);
    }

    /** An open event is handled, or will be a dead letter with the next checkpoint. */
    void handled(int number, long position) {
        var segment = segment(number);
        segment.open.remove(position);
        segment.handledUpTo(position);
        segment.unstored = true;
    }

    /** Everything up to a position has been handled. */
    void handled(long through) {
        for (var segment : owned.values()) {
            segment.open.headSet(through, true).clear();
            segment.unread.headSet(through, true).clear();
            segment.position = Math.max(segment.position, through);
            segment.marks.keepPage();
            segment.handledUpTo(through);
        }
    }

    /** Where the checkpoints move when everything is stored that was handled. */
    Map<Integer, Checkpoint> moves() {
        var moves = new TreeMap<Integer, Checkpoint>();
        owned.forEach((number, segment) -> {
            var to = segment.checkpoint();
            if (!to.equals(segment.stored)) {
                moves.put(number, to);
            }
        });
        return moves;
    }

    /** Where the checkpoints that are before a position move when everything up to there is handled. */
    Map<Integer, Checkpoint> movesTo(long through) {
        var moves = new TreeMap<Integer, Checkpoint>();
        owned.forEach((number, segment) -> {
            if (segment.stored.complete() < through) {
                var open = List.copyOf(segment.open.tailSet(through, false));
                long to = Math.max(through, segment.position);
                moves.put(number, new Checkpoint(to, open, segment.marks.upTo(to)));
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

    /** A transaction was committed that moves checkpoints. */
    void moved(Map<Integer, Checkpoint> moves) {
        number++;
        moves.forEach((segment, to) -> segment(segment).stored = to);
        owned.values().forEach(segment -> segment.unstored = false);
    }

    boolean isParked(Keyed event) {
        return segment(event.segment()).parked.contains(event.key());
    }

    boolean isParked(int number, String key) {
        return segment(number).parked.contains(key);
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
