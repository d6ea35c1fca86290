package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.DomainEvent;
import dev.headwater.store.EventQuery;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.ContractEvent.Counted;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Streams and the log, read forwards, backwards, from anywhere, and while they grow. */
abstract class ReadContract extends StorageContract {

    /** Enough for several pages, whichever size a page has. */
    private static final int SEVERAL_PAGES = 3_000;

    ReadContract(EventStoreContract implementation) {
        super(implementation);
    }

    @Test
    void aStreamForwards() {
        appendTwoStreams();

        assertEquals(counted(5), stream(STREAM));
        assertEquals(
                List.of(1L, 2L, 3L, 4L, 5L),
                store.readStream(STREAM).map(StoredEvent::version).toList());
        assertEquals(
                List.of(1L, 3L, 5L, 7L, 9L), positions(store.readStream(STREAM).toList()));
    }

    @Test
    void aStreamBackwards() {
        appendTwoStreams();

        assertEquals(
                counted(5).reversed(), events(store.readStreamBackwards(STREAM).toList()));
        assertEquals(
                List.of(10L, 8L, 6L, 4L, 2L),
                positions(store.readStreamBackwards(OTHER).toList()));
    }

    @Test
    void aStreamFromAVersion() {
        appendTwoStreams();

        for (int from = 1; from <= 6; from++) {
            assertEquals(
                    counted(5).subList(from - 1, 5),
                    events(store.readStream(STREAM, from).toList()));
            assertEquals(
                    counted(Math.min(from, 5)).reversed(),
                    events(store.readStreamBackwards(STREAM, from).toList()));
        }
    }

    @Test
    void theLogFromAPosition() {
        appendTwoStreams();

        for (long after = 0; after <= 11; after++) {
            assertEquals(
                    LongStream.rangeClosed(after + 1, 10).boxed().toList(),
                    positions(store.readLog(after).toList()));
            assertEquals(
                    LongStream.range(1, Math.min(after, 11)).boxed().toList().reversed(),
                    positions(store.readLogBackwards(after, EventQuery.all()).toList()));
        }
    }

    @Test
    void theLogBackwards() {
        appendTwoStreams();

        assertEquals(
                events(log().reversed()),
                events(store.readLogBackwards(EventQuery.all()).toList()));
        assertEquals(10, store.readLogBackwards(EventQuery.all()).count());
    }

    @Test
    void everythingOverSeveralPages() {
        var all = counted(SEVERAL_PAGES);
        store.append(STREAM, ANY, all);

        assertEquals(all, stream(STREAM));
        assertEquals(all, events(log()));
        assertEquals(all.reversed(), events(store.readStreamBackwards(STREAM).toList()));
        assertEquals(
                all.reversed(), events(store.readLogBackwards(EventQuery.all()).toList()));
        assertEquals(
                all.subList(500, SEVERAL_PAGES),
                events(store.readStream(STREAM, 501).toList()));
        assertEquals(all.subList(500, SEVERAL_PAGES), events(store.readLog(500).toList()));
    }

    @Test
    void pastTheEndThereIsNothing() {
        store.append(STREAM, ANY, counted(3));

        assertEquals(3, store.readLog(0).count());
        assertEquals(0, store.readLog(3).count());
        assertEquals(0, store.readLog(1_000_000).count());
        assertEquals(0, store.readStream(STREAM, 4).count());
        assertEquals(0, store.readStream(STREAM, 1_000_000).count());
        assertEquals(3, store.readStreamBackwards(STREAM, 1_000_000).count());
        assertEquals(3, store.readLogBackwards(1_000_000, EventQuery.all()).count());
    }

    @Test
    void theLargestNumbersDoNotOverflow() {
        store.append(STREAM, ANY, counted(3));

        for (long far : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 1, 1L << 62, 1L << 32, Integer.MAX_VALUE}) {
            assertEquals(0, store.readLog(far).count(), "after " + far);
            assertEquals(0, store.readStream(STREAM, far).count(), "from " + far);
            assertEquals(
                    counted(3).reversed(),
                    events(store.readStreamBackwards(STREAM, far).toList()));
            assertEquals(
                    List.of(3L, 2L, 1L),
                    positions(store.readLogBackwards(far, EventQuery.all()).toList()));
            assertTrue(store.readLogPage(far, EventQuery.all(), 10).end());
        }
    }

    @Test
    void negativeNumbersAreRefused() {
        store.append(STREAM, ANY, counted(3));

        for (long negative : new long[] {-1, -2, Integer.MIN_VALUE, Long.MIN_VALUE}) {
            requireIllegal(() -> store.readLog(negative));
            requireIllegal(() -> store.readLogBackwards(negative, EventQuery.all()));
            requireIllegal(() -> store.readLogPage(negative, EventQuery.all(), 10));
            requireIllegal(() -> store.readStream(STREAM, negative));
            requireIllegal(() -> store.readStreamBackwards(STREAM, negative));
        }
        requireIllegal(() -> store.readStream(STREAM, 0));
        requireIllegal(() -> store.readStreamBackwards(STREAM, 0));
        requireIllegal(() -> store.readLogPage(0, EventQuery.all(), 0));
        requireIllegal(() -> store.readLogPage(0, EventQuery.all(), -1));
        assertEquals(0, store.readLogBackwards(0, EventQuery.all()).count());
        assertEquals(1, store.readStream(STREAM, 3).count());
    }

    @Test
    void anUnknownStreamIsEmpty() {
        store.append(STREAM, ANY, counted(3));

        assertEquals(0, store.readStream(OTHER).count());
        assertEquals(0, store.readStreamBackwards(OTHER).count());
        assertEquals(0, store.readStream(new StreamId("order")).count());
        assertEquals(3, store.readStream(STREAM).count());
    }

    @Test
    void anEmptyLogIsEmptyUntilTheFirstAppend() {
        assertEquals(0, store.headPosition());
        assertEquals(0, store.readLog(0).count());
        assertEquals(0, store.readLogBackwards(EventQuery.all()).count());
        assertTrue(store.readLogPage(0, EventQuery.all(), 10).end());

        store.append(STREAM, ANY, new Counted(1));

        assertEquals(1, store.headPosition());
        assertEquals(1, store.readLogBackwards(EventQuery.all()).count());
    }

    @Test
    void aReadThatOverlapsAppendsSeesThemInOrderOrEndsBefore() {
        store.append(STREAM, ANY, counted(300));
        var log = store.readLog(0).iterator();
        var stream = store.readStream(STREAM).iterator();
        var seenOfLog = take(10, log);
        var seenOfStream = take(10, stream);

        store.append(STREAM, ANY, counted(SEVERAL_PAGES));
        log.forEachRemaining(event -> seenOfLog.add(event.event()));
        stream.forEachRemaining(event -> seenOfStream.add(event.event()));

        var all = stream(STREAM);
        assertEquals(300 + SEVERAL_PAGES, all.size());
        requirePrefix(all, seenOfLog);
        requirePrefix(all, seenOfStream);
    }

    @Test
    void aBackwardReadThatOverlapsAppendsDoesNotSeeThem() {
        store.append(STREAM, ANY, counted(300));
        var log = store.readLogBackwards(EventQuery.all()).iterator();
        var stream = store.readStreamBackwards(STREAM).iterator();
        var seenOfLog = take(10, log);
        var seenOfStream = take(10, stream);

        store.append(STREAM, ANY, counted(300));
        log.forEachRemaining(event -> seenOfLog.add(event.event()));
        stream.forEachRemaining(event -> seenOfStream.add(event.event()));

        assertEquals(counted(300).reversed(), seenOfLog);
        assertEquals(counted(300).reversed(), seenOfStream);
    }

    @Test
    void readsThatAreNeverFinishedHoldNothing() {
        store.append(STREAM, ANY, counted(300));
        var unfinished = new ArrayList<Iterator<StoredEvent>>();

        for (int i = 0; i < 100; i++) {
            var read = store.readLog(0).iterator();
            assertEquals(1, read.next().position());
            unfinished.add(read);
        }

        requireWorking("a hundred reads under way");
        for (var read : unfinished) {
            assertEquals(2, read.next().position());
        }
    }

    @Test
    void aReadOfNothingMoreCanBeRepeated() {
        store.append(STREAM, ANY, counted(3));
        var page = store.readLogPage(0, EventQuery.all(), 10);
        assertEquals(counted(3), events(page.events()));
        assertEquals(3, page.through());
        assertTrue(store.readLogPage(page.through(), EventQuery.all(), 10).end());

        store.append(STREAM, ANY, new Counted(4));

        var next = store.readLogPage(page.through(), EventQuery.all(), 10);
        assertEquals(List.of(new Counted(4)), events(next.events()));
        assertEquals(4, next.through());
        assertFalse(next.events().isEmpty());
    }

    /** The numbers 1 to 5 in each of two streams, one by one in turns. */
    private void appendTwoStreams() {
        for (var event : counted(5)) {
            store.append(STREAM, ANY, event);
            store.append(OTHER, ANY, event);
        }
    }

    private static List<DomainEvent> take(int count, Iterator<StoredEvent> read) {
        var taken = new ArrayList<DomainEvent>();
        for (int i = 0; i < count; i++) {
            taken.add(read.next().event());
        }
        return taken;
    }

    private static void requirePrefix(List<DomainEvent> all, List<DomainEvent> seen) {
        assertTrue(seen.size() >= 300, "the events that were there at the beginning are seen");
        assertEquals(all.subList(0, seen.size()), seen);
    }

    private static void requireIllegal(Executable read) {
        assertThrows(IllegalArgumentException.class, read);
    }
}
