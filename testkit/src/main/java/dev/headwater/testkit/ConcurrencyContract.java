package dev.headwater.testkit;

import static dev.headwater.store.ExpectedVersion.exactly;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.DomainEvent;
import dev.headwater.store.Append;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.ContractEvent.Counted;
import dev.headwater.testkit.ContractEvent.Noted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Many writers at once, on two handles: one winner per version, and one order that every reader agrees on. */
abstract class ConcurrencyContract extends StorageContract {

    private static final int CONTENDERS = 32;
    private static final int WRITERS = 12;
    private static final int APPENDS = 40;
    private static final long SEED = 4711;

    ConcurrencyContract(EventStoreContract implementation) {
        super(implementation);
    }

    @Test
    void ofManyContendersForAVersionOneWins() {
        for (int round = 0; round < 10; round++) {
            long version = round;

            var outcomes =
                    Contenders.run(CONTENDERS, i -> () -> handle(i).append(STREAM, exactly(version), new Counted(i)));

            requireOneWinner(outcomes, version);
        }
        assertEquals(10, store.headPosition());
    }

    @Test
    void ofManyContendersForTwoStreamsOneWins() {
        for (int round = 0; round < 5; round++) {
            long version = round;

            var outcomes = Contenders.run(
                    CONTENDERS,
                    i -> () -> handle(i)
                            .append(
                                    i % 3 == 0
                                            ? Append.to(STREAM, exactly(version), new Counted(i))
                                                    .and(OTHER, ANY, new Noted("x"))
                                            : Append.to(OTHER, ANY, new Noted("x"))
                                                    .and(STREAM, exactly(version), new Counted(i))));

            requireOneWinner(outcomes, version);
            assertEquals(version + 1, store.streamVersion(OTHER));
        }
    }

    @Test
    void manyWritersOfAnyVersionAllSucceed() {
        var outcomes = Contenders.run(
                CONTENDERS, i -> () -> handle(i).append(STREAM, ANY, new Counted(i), new Counted(i + 1)));

        var versions = outcomes.stream()
                .map(outcome -> outcome.value().version(STREAM))
                .sorted()
                .toList();
        for (int i = 0; i < CONTENDERS; i++) {
            assertEquals(2L * (i + 1), versions.get(i));
        }
        var stored = stream(STREAM);
        assertEquals(2 * CONTENDERS, stored.size());
        for (int i = 0; i < stored.size(); i += 2) {
            assertEquals(
                    new Counted(((Counted) stored.get(i)).number() + 1), stored.get(i + 1), "appends do not mingle");
        }
    }

    @Test
    void everyWriterFindsItsAppendWhereItWasTold() {
        var results = new ConcurrentLinkedQueue<Told>();

        Contenders.run(WRITERS, i -> () -> write(i, results)).forEach(Contenders.Outcome::value);

        var log = log();
        assertEquals(WRITERS * APPENDS, results.size());
        assertEquals(results.stream().mapToLong(told -> told.events().size()).sum(), log.size());
        for (var told : results) {
            var result = told.result();
            var stored = log.subList((int) result.firstPosition() - 1, (int) result.lastPosition());
            assertEquals(told.events(), events(stored));
            result.versions()
                    .forEach((stream, version) -> assertEquals(
                            version,
                            stored.stream()
                                    .filter(event -> event.stream().equals(stream))
                                    .mapToLong(StoredEvent::version)
                                    .max()
                                    .orElseThrow(),
                            () -> "the version of " + stream + " in " + result + ", seed " + SEED));
        }
    }

    @Test
    void aTailingReaderSeesWhatALaterReaderSees() throws Exception {
        var seen = whileWriting((reader, seenSoFar) -> {
            long after = seenSoFar.isEmpty() ? 0 : seenSoFar.getLast().position();
            return reader.readLog(after).toList();
        });

        assertEquals(places(log()), places(seen), "events by position, seed " + SEED);
        assertEquals(places(elsewhere.readLog(0).toList()), places(seen), "events seen elsewhere, seed " + SEED);
        for (int i = 0; i < seen.size(); i++) {
            assertEquals(i + 1, seen.get(i).position(), "positions without gaps, seed " + SEED);
        }
        assertTrue(seen.size() >= WRITERS * APPENDS, "every append is seen");
        requireContiguousStreams(seen);
    }

    @Test
    void aTailingReaderOfACategoryMissesNothing() throws Exception {
        var query = EventQuery.ofCategories(Set.of("even"));
        var place = new long[1];
        var seen = whileWriting((reader, seenSoFar) -> {
            var page = reader.readLogPage(place[0], query, 7);
            place[0] = page.through();
            return page.events();
        });

        assertEquals(places(store.readLog(0, query).toList()), places(seen), "events of the category, seed " + SEED);
        assertTrue(!seen.isEmpty(), "events in the category");
        requireContiguousStreams(seen);
    }

    @Test
    void aTailingReaderOfAStreamMissesNothing() throws Exception {
        var stream = new StreamId("even-0");
        var seen = whileWriting((reader, seenSoFar) ->
                reader.readStream(stream, seenSoFar.size() + 1L).toList());

        assertEquals(places(store.readStream(stream).toList()), places(seen), "events of the stream, seed " + SEED);
        assertTrue(!seen.isEmpty(), "events in the stream");
        requireContiguousStreams(seen);
    }

    /** Reads what is next for a reader that has seen so much; an empty answer means that there was nothing more. */
    @FunctionalInterface
    private interface Step {
        List<StoredEvent> read(EventStore reader, List<StoredEvent> seenSoFar);
    }

    /** An append as its writer knows it. */
    private record Told(List<DomainEvent> events, AppendResult result) {}

    /** Runs all writers while one reader follows, and returns what that reader saw in its order. */
    private List<StoredEvent> whileWriting(Step step) throws Exception {
        var writing = new AtomicInteger(WRITERS);
        // It looks without a pause: on a virtual thread it would keep a whole carrier, which the writers may need.
        try (var executor = Executors.newSingleThreadExecutor()) {
            Future<List<StoredEvent>> reader = executor.submit(() -> {
                var seen = new ArrayList<StoredEvent>();
                boolean lastLook;
                do {
                    lastLook = writing.get() == 0;
                    for (var found = step.read(elsewhere, seen); !found.isEmpty(); found = step.read(elsewhere, seen)) {
                        seen.addAll(found);
                    }
                } while (!lastLook);
                return Collections.unmodifiableList(seen);
            });
            Contenders.run(WRITERS, i -> (Callable<Integer>) () -> {
                        try {
                            return write(i, new ConcurrentLinkedQueue<>());
                        } finally {
                            writing.decrementAndGet();
                        }
                    })
                    .forEach(Contenders.Outcome::value);
            return reader.get();
        }
    }

    /** Appends of one to five events to one or two of eight streams, drawn from the seed. */
    private int write(int writer, ConcurrentLinkedQueue<Told> results) {
        var random = new Random(SEED + writer);
        for (int i = 0; i < APPENDS; i++) {
            var first = counted(1 + random.nextInt(4));
            int target = random.nextInt(8);
            var append = Append.to(target(target), ANY, fresh(first));
            var events = new ArrayList<DomainEvent>(first);
            if (random.nextInt(4) == 0) {
                var more = new Noted(writer + "/" + i);
                events.add(more);
                append = append.and(target(target + 1), ANY, more);
            }
            results.add(new Told(events, handle(writer).append(append)));
        }
        return APPENDS;
    }

    private static StreamId target(int number) {
        return new StreamId((number % 2 == 0 ? "even-" : "odd-") + number % 8);
    }

    private EventStore handle(int number) {
        return number % 2 == 0 ? store : elsewhere;
    }

    private void requireOneWinner(List<Contenders.Outcome<AppendResult>> outcomes, long version) {
        var won = outcomes.stream().filter(Contenders.Outcome::succeeded).toList();
        assertEquals(1, won.size(), "winners of version " + version);
        assertEquals(version + 1, won.getFirst().value().version(STREAM));
        for (var outcome : outcomes) {
            if (!outcome.succeeded()) {
                var conflict = assertInstanceOf(ConcurrencyException.class, outcome.failure());
                assertEquals(STREAM, conflict.stream());
                assertEquals(version + 1, conflict.actualVersion());
            }
        }
        assertEquals(version + 1, store.streamVersion(STREAM));
    }

    private static List<String> places(List<StoredEvent> events) {
        return events.stream().map(StoredEvent::toString).toList();
    }

    private static void requireContiguousStreams(List<StoredEvent> seen) {
        seen.stream().collect(Collectors.groupingBy(StoredEvent::stream)).forEach((stream, events) -> {
            for (int i = 0; i < events.size(); i++) {
                assertEquals(i + 1, events.get(i).version(), "versions of " + stream + ", seed " + SEED);
            }
        });
    }
}
