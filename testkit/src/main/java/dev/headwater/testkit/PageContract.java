package dev.headwater.testkit;

import static dev.headwater.store.Direction.BACKWARDS;
import static dev.headwater.store.Direction.FORWARDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.store.Append;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.Page;
import dev.headwater.testkit.ContractEvent.Counted;
import dev.headwater.testkit.ContractEvent.Enrolled;
import dev.headwater.testkit.ContractEvent.Noted;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a storage's pages promise to the code that turns them into reads and checkpoints. */
abstract class PageContract extends StorageContract {

    private static final int EVENTS = 60;

    /** Every third event of {@link #appendSixty()}. */
    private static final EventQuery NOTED = EventQuery.ofTypes(Set.of("contract.noted"));

    PageContract(EventStoreContract implementation) {
        super(implementation);
    }

    @Test
    void pagesOfAnySizeAddUpToTheLog() {
        appendSixty();

        for (int limit : new int[] {1, 2, 7, 59, 60, 61, 1_000, Integer.MAX_VALUE}) {
            assertEquals(range(1, EVENTS), walkLog(EventQuery.all(), FORWARDS, 0, limit));
            assertEquals(range(1, EVENTS).reversed(), walkLog(EventQuery.all(), BACKWARDS, Long.MAX_VALUE, limit));
        }
    }

    @Test
    void filteredPagesOfAnySizeAddUp() {
        appendSixty();
        var noted =
                range(1, EVENTS).stream().filter(position -> position % 3 == 0).toList();
        var inOrder =
                range(1, EVENTS).stream().filter(position -> position % 2 == 1).toList();
        var tagged =
                range(1, EVENTS).stream().filter(position -> position % 3 == 1).toList();

        for (int limit : new int[] {1, 2, 7, 19, 20, 21, 29, 30, 31, 1_000}) {
            requireSamePages(noted, NOTED, limit);
            requireSamePages(inOrder, EventQuery.ofCategories(Set.of("order")), limit);
            requireSamePages(tagged, EventQuery.withTags(Set.of("course:physics")), limit);
        }
    }

    @Test
    void filteredPagesFromAnywhereAddUp() {
        appendSixty();

        for (long beyond = 0; beyond <= EVENTS + 1; beyond++) {
            long bound = beyond;
            var noted = range(1, EVENTS).stream()
                    .filter(position -> position % 3 == 0)
                    .toList();
            assertEquals(
                    noted.stream().filter(position -> position > bound).toList(), walkLog(NOTED, FORWARDS, beyond, 4));
            assertEquals(
                    noted.reversed().stream()
                            .filter(position -> position < bound)
                            .toList(),
                    walkLog(NOTED, BACKWARDS, beyond, 4));
        }
    }

    @Test
    void aForwardPageAtTheEndReachesTheHead() {
        appendSixty();
        store.append(OTHER, ANY, counted(10));

        assertEquals(EVENTS + 10, last(EventQuery.all()).through());
        assertEquals(EVENTS + 10, last(NOTED).through());
        assertEquals(
                EVENTS + 10,
                last(EventQuery.ofTypes(Set.of("contract.unknown"))).through());
        assertEquals(
                EVENTS + 10, last(EventQuery.ofCategories(Set.of("unknown"))).through());
        assertEquals(EVENTS + 10, last(EventQuery.withTags(Set.of("unknown"))).through());
    }

    @Test
    void aFullPageReachesNoFurtherThanItsLastEvent() {
        appendSixty();

        var page = storage.readLog(NOTED, FORWARDS, 0, 2);

        assertEquals(
                List.of(3L, 6L),
                page.events().stream().map(EncodedEvent::position).toList());
        assertTrue(page.through() >= 6 && page.through() < 9, "6 to 8, but found " + page.through());
        assertFalse(page.end());
    }

    @Test
    void pagesPastTheEndAreEmptyAndStay() {
        appendSixty();

        for (long beyond : new long[] {EVENTS, EVENTS + 1, 1_000_000, Long.MAX_VALUE}) {
            assertEquals(new Page(List.of(), beyond, true), storage.readLog(EventQuery.all(), FORWARDS, beyond, 10));
            assertEquals(new Page(List.of(), beyond, true), storage.readLog(NOTED, FORWARDS, beyond, 10));
            assertEquals(new Page(List.of(), beyond, true), storage.readStream(STREAM, FORWARDS, beyond, 10));
        }
        for (long beyond : new long[] {0, 1}) {
            assertTrue(storage.readLog(EventQuery.all(), BACKWARDS, beyond, 10)
                    .events()
                    .isEmpty());
            assertTrue(storage.readLog(EventQuery.all(), BACKWARDS, beyond, 10).end());
            assertTrue(storage.readStream(STREAM, BACKWARDS, beyond, 10).end());
        }
        assertEquals(
                1,
                storage.readLog(EventQuery.all(), FORWARDS, EVENTS - 1, 10)
                        .events()
                        .size());
    }

    @Test
    void streamPagesOfAnySizeAddUp() {
        appendSixty();

        for (int limit : new int[] {1, 2, 7, 29, 30, 31, 1_000, Integer.MAX_VALUE}) {
            for (long beyond = 0; beyond <= 31; beyond += 3) {
                assertEquals(range(beyond + 1, 30), walkStream(FORWARDS, beyond, limit));
                assertEquals(range(1, Math.min(beyond - 1, 30)).reversed(), walkStream(BACKWARDS, beyond, limit));
            }
            assertEquals(range(1, 30).reversed(), walkStream(BACKWARDS, Long.MAX_VALUE, limit));
        }
    }

    @Test
    void aStreamPageReachesItsLastEvent() {
        appendSixty();

        assertEquals(7, storage.readStream(STREAM, FORWARDS, 0, 7).through());
        assertEquals(30, storage.readStream(STREAM, FORWARDS, 20, 100).through());
        assertEquals(
                24, storage.readStream(STREAM, BACKWARDS, Long.MAX_VALUE, 7).through());
        assertEquals(1, storage.readStream(STREAM, BACKWARDS, 5, 100).through());
        assertEquals(new Page(List.of(), 0, true), storage.readStream(new StreamId("unknown-1"), FORWARDS, 0, 100));
    }

    @Test
    void aReaderThatKeepsItsPlaceMissesNothing() {
        var seen = new ArrayList<Long>();
        long checkpoint = 0;
        for (int i = 1; i <= 30; i++) {
            store.append(STREAM, ANY, new Noted("n" + i), new Counted(i));
            store.append(OTHER, ANY, new Counted(i));
            var page = store.readLogPage(checkpoint, NOTED, 2);
            page.events().forEach(event -> seen.add(event.position()));
            assertTrue(page.through() >= checkpoint, "a place that never goes back");
            checkpoint = page.through();
        }

        assertEquals(positions(store.readLog(0, NOTED).toList()), seen);
        assertEquals(30, seen.size());
    }

    /** Sixty events: odd positions in {@code order-1}, even ones in {@code item-1}; three types in turns. */
    private void appendSixty() {
        var item = new StreamId("item-1");
        for (int i = 1; i <= EVENTS; i += 6) {
            for (int k = 0; k < 6; k += 3) {
                boolean odd = (i + k) % 2 == 1;
                store.append(Append.to(odd ? STREAM : item, ANY, new Enrolled("physics", "s" + i))
                        .and(odd ? item : STREAM, ANY, new Counted(i)));
                store.append(odd ? STREAM : item, ANY, new Noted("n" + i));
            }
        }
    }

    private void requireSamePages(List<Long> expected, EventQuery query, int limit) {
        assertEquals(expected, walkLog(query, FORWARDS, 0, limit), query + " in pages of " + limit);
        assertEquals(expected.reversed(), walkLog(query, BACKWARDS, Long.MAX_VALUE, limit), query + " backwards");
    }

    private List<Long> walkLog(EventQuery query, Direction direction, long beyond, int limit) {
        var positions = new ArrayList<Long>();
        Page page;
        do {
            page = storage.readLog(query, direction, beyond, limit);
            requireStretch(
                    page,
                    direction,
                    beyond,
                    limit,
                    page.events().stream().map(EncodedEvent::position).toList());
            page.events().forEach(event -> positions.add(event.position()));
            beyond = page.through();
        } while (!page.end());
        if (direction == FORWARDS) {
            assertTrue(beyond >= storage.headPosition(), "the end of a forward read is the head of the log");
        }
        return positions;
    }

    private List<Long> walkStream(Direction direction, long beyond, int limit) {
        var versions = new ArrayList<Long>();
        Page page;
        do {
            page = storage.readStream(STREAM, direction, beyond, limit);
            var found = page.events().stream().map(EncodedEvent::version).toList();
            requireStretch(page, direction, beyond, limit, found);
            assertEquals(found.isEmpty() ? beyond : found.getLast(), page.through(), "where a stream page ends");
            versions.addAll(found);
            beyond = page.through();
        } while (!page.end());
        return versions;
    }

    private static void requireStretch(Page page, Direction direction, long beyond, int limit, List<Long> numbers) {
        assertTrue(numbers.size() <= limit, "at most " + limit + " events, but found " + numbers.size());
        assertTrue(page.end() || page.through() != beyond, "a page before the end must move, from " + beyond);
        long reached = beyond;
        for (long number : numbers) {
            assertTrue(
                    direction == FORWARDS ? number > reached : number < reached,
                    number + " does not follow " + reached + " " + direction);
            reached = number;
        }
        assertTrue(
                direction == FORWARDS ? page.through() >= reached : page.through() <= reached,
                "a page reaches its last event at least: " + page.through() + " against " + reached);
    }

    private Page last(EventQuery query) {
        var page = storage.readLog(query, FORWARDS, 0, 50);
        while (!page.end()) {
            page = storage.readLog(query, FORWARDS, page.through(), 50);
        }
        return page;
    }

    private static List<Long> range(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }
}
