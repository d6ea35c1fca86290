package dev.headwater.postgres.faults;

import dev.headwater.store.AppendConditionException;
import dev.headwater.store.AppendOutcomeUnknownException;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StreamId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Appends in every way that the store offers, and writes down what it means to do before and what became of it after.
 * Not thread-safe.
 */
final class Writer {

    private static final int OWN_STREAMS = 3;
    private static final int HOT_STREAMS = 2;
    /** So many positions go by for each seat that is given away. */
    private static final int POSITIONS_PER_SEAT = 100;

    private final int worker;
    private final int number;
    private final String keyPrefix;
    private final RandomGenerator random;
    private final EventStore store;
    private final Journal journal;
    private final Patience patience;
    private final Map<StreamId, Long> ownVersions = new HashMap<>();
    private long appends;
    private long lastPosition;

    Writer(Assignment assignment, int number, EventStore store, Journal journal, Patience patience) {
        this.worker = assignment.worker();
        this.number = number;
        this.keyPrefix = worker + "." + assignment.incarnation() + "." + number + ".";
        this.random = new Random(assignment.seed() * 31 + number);
        this.store = store;
        this.journal = journal;
        this.patience = patience;
    }

    /** Finds out what became of an append of a worker that was killed. */
    void repeat(Intent intent) throws Exception {
        settle(intent, true);
    }

    /** Finds out where its streams stand. */
    void prepare() throws Exception {
        for (int i = 0; i < OWN_STREAMS; i++) {
            var stream = Streams.own(worker, number, i);
            ownVersions.put(stream, patience.untilAvailable(() -> store.streamVersion(stream)));
        }
        lastPosition = patience.untilAvailable(store::headPosition);
    }

    /** Makes one append and settles it. */
    void write() throws Exception {
        var intent = next();
        journal.write(new Entry.Meant(intent));
        settle(intent, false);
    }

    private Intent next() throws Exception {
        var key = keyPrefix + appends++;
        int dice = random.nextInt(100);
        if (dice < 45) {
            return new Intent(key, Optional.empty(), List.of(own()));
        }
        if (dice < 70) {
            return new Intent(key, Optional.empty(), List.of(hot(random.nextInt(HOT_STREAMS))));
        }
        if (dice < 82) {
            return new Intent(key, Optional.empty(), List.of(hot(0), own(), hot(1)));
        }
        if (dice < 94) {
            var seat = "seat:" + lastPosition / POSITIONS_PER_SEAT;
            return new Intent(
                    key, Optional.of(seat), List.of(Intent.Part.of(hot(0).stream(), ExpectedVersion.any(), 1)));
        }
        long version = patience.untilAvailable(() -> store.streamVersion(Streams.contended()));
        var part = Intent.Part.of(Streams.contended(), ExpectedVersion.exactly(version), 1);
        return new Intent(key, Optional.empty(), List.of(part));
    }

    private Intent.Part own() {
        var stream = Streams.own(worker, number, random.nextInt(OWN_STREAMS));
        return Intent.Part.of(
                stream, ExpectedVersion.exactly(ownVersions.getOrDefault(stream, 0L)), 1 + random.nextInt(3));
    }

    private Intent.Part hot(int stream) {
        return Intent.Part.of(Streams.hot(stream), ExpectedVersion.any(), 1 + random.nextInt(2));
    }

    /**
     * Appends, again and again if need be, until the outcome is certain.
     *
     * @param mayBeStored whether it was sent before without an answer, so that it cannot be given up any more
     */
    private void settle(Intent intent, boolean mayBeStored) throws InterruptedException {
        var append = intent.toAppend();
        boolean certain = !mayBeStored;
        while (true) {
            try {
                acknowledged(intent, store.append(append));
                return;
            } catch (ConcurrencyException e) {
                journal.write(new Entry.Refused(intent.key(), 0));
                return;
            } catch (AppendConditionException e) {
                journal.write(new Entry.Refused(intent.key(), e.conflictPosition()));
                lastPosition = Math.max(lastPosition, e.conflictPosition());
                return;
            } catch (StoreUnavailableException e) {
                if (certain && random.nextInt(3) == 0) {
                    journal.write(new Entry.NothingStored(intent.key()));
                    patience.pause();
                    return;
                }
            } catch (AppendOutcomeUnknownException e) {
                journal.write(new Entry.Unknown(intent.key()));
                certain = false;
            }
            patience.pause();
        }
    }

    private void acknowledged(Intent intent, AppendResult result) {
        journal.write(new Entry.Acknowledged(intent.key(), result));
        lastPosition = Math.max(lastPosition, result.lastPosition());
        ownVersions.replaceAll((stream, version) -> result.versions().getOrDefault(stream, version));
    }
}
