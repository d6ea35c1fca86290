package dev.headwater.privacy;

import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.SnapshotStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetters;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Forgets people: destroys the key of a subject, so that its personal data can be read by nobody, wherever copies of
 * the encrypted form are.
 *
 * <p>The key goes first. Then the log is read through once for the events that hold the subject, as they are stored, in
 * reserved streams too, whatever upcasters make of them; the snapshots of their streams are deleted, since a state may
 * hold a value in the clear, and in the dead letters of their streams the message and the stack trace, which may repeat
 * one, are replaced. The events themselves stay as they are, and so do order, checkpoints and letters. Whatever fails
 * in between, call it again; it finishes what is left. Call it again also when the keys are
 * {@linkplain CachedSubjectKeys remembered} by other processes, after their time to live, for what those have written
 * in the meantime. Needs memory for the names of the subject's streams, not for its events. Thread-safe.
 */
public final class Erasure {

    private static final Comparator<StreamId> BY_NAME = Comparator.comparing(StreamId::name);

    private final SubjectKeys keys;
    private final EventStore store;
    private final SnapshotStore snapshots;
    private final DeadLetters letters;

    /**
     * Creates it for one application.
     *
     * @param keys the object that the {@link PersonalDataModule} of this process has, so that it forgets at once
     */
    public Erasure(SubjectKeys keys, EventStore store, SnapshotStore snapshots, DeadLetters letters) {
        this.keys = keys;
        this.store = store;
        this.snapshots = snapshots;
        this.letters = letters;
    }

    /**
     * Forgets a subject for ever, known or not; what was written about it reads as forgotten from now on, and nothing
     * more can be written.
     */
    public ErasureReport forget(String subject) {
        boolean key = keys.forget(Subjects.requireValid(subject));
        var found = find(subject);
        long deleted = found.streams.stream().mapToLong(this::deleteSnapshots).sum();
        return found.report(subject, key, deleted, found.sumOverStreams(letters::redactFailures));
    }

    /** Says what {@link #forget} would touch, and changes nothing. */
    public ErasureReport preview(String subject) {
        boolean key = keys.find(Subjects.requireValid(subject))
                .filter(SubjectKey.Active.class::isInstance)
                .isPresent();
        var found = find(subject);
        long kept = found.streams.stream().mapToLong(snapshots::count).sum();
        return found.report(subject, key, kept, found.sumOverStreams(letters::countFailures));
    }

    private long deleteSnapshots(StreamId stream) {
        long count = snapshots.count(stream);
        snapshots.delete(stream);
        return count;
    }

    private Found find(String subject) {
        var scan = new SubjectScan(store.serializer().mapper(), subject);
        var found = new Found();
        store.readLogAsStored(0, EventQuery.all().withReserved())
                .filter(event -> scan.holds(event.encoded().payload()))
                .forEach(found::add);
        return found;
    }

    /** The events that hold a subject. */
    private static final class Found {

        /** Streams that are asked about in one call. */
        private static final int BATCH = 500;

        private final SortedMap<String, Long> eventsByType = new TreeMap<>();
        private final TreeSet<StreamId> streams = new TreeSet<>(BY_NAME);
        private OptionalLong first = OptionalLong.empty();
        private OptionalLong last = OptionalLong.empty();

        void add(StoredEvent event) {
            eventsByType.merge(event.type(), 1L, Long::sum);
            streams.add(event.stream());
            last = OptionalLong.of(event.position());
            if (first.isEmpty()) {
                first = last;
            }
        }

        private interface Count {
            long of(Collection<StreamId> streams);
        }

        long sumOverStreams(Count count) {
            var all = List.copyOf(streams);
            long sum = 0;
            for (int from = 0; from < all.size(); from += BATCH) {
                sum += count.of(all.subList(from, Math.min(from + BATCH, all.size())));
            }
            return sum;
        }

        ErasureReport report(String subject, boolean key, long snapshots, long deadLetters) {
            return new ErasureReport(
                    subject,
                    key,
                    Collections.unmodifiableSortedMap(eventsByType),
                    Collections.unmodifiableSortedSet(streams),
                    first,
                    last,
                    snapshots,
                    deadLetters);
        }
    }
}
