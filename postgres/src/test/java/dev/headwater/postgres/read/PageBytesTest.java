package dev.headwater.postgres.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.Metadata;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.postgres.TestServers;
import dev.headwater.store.Append;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedEvent;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PageBytesTest {

    private static final StreamId STREAM = new StreamId("note-1");
    private static final List<EventQuery> QUERIES = List.of(
            EventQuery.all(), EventQuery.ofTypes(Set.of("page-bytes.note")), EventQuery.withTags(Set.of("noted")));

    @MessageType("page-bytes.note")
    record Note(String text) implements DomainEvent {}

    private final PostgresDatabase database = TestServers.open(TestServers.newest(), TestServers.freshSchema());
    private final EventStorage storage = database.eventStorage();
    private final EventStore store = new EventStore(storage, MessageTypes.of(Note.class));

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aPageOfMiddlingPayloadsIsBounded() {
        var text = "x".repeat(32_000);

        append(400, i -> new NewEvent(Envelope.of(new Note(text)), Set.of("noted")));

        requireBoundedPages(400, 3);
    }

    @Test
    void aPageOfMuchMetadataIsBounded() {
        var metadata = Metadata.NONE.with("much", "x".repeat(8000));

        append(1500, i -> new NewEvent(Envelope.of(new Note("n")).withMetadata(metadata), Set.of("noted")));

        requireBoundedPages(1500, 3);
    }

    @Test
    void aPageOfManyTagsIsBounded() {
        var many = IntStream.range(0, 99).mapToObj(i -> "t".repeat(190) + i).collect(Collectors.toSet());
        many.add("noted");

        append(300, i -> new NewEvent(Envelope.of(new Note("n")), many));

        requireBoundedPages(300, 2);
    }

    @Test
    void aLogOfSmallEventsIsReadInLargePages() {
        append(4000, i -> NewEvent.of(new Note("n")));

        int pages = 0;
        Page page;
        long from = 0;
        do {
            page = storage.readLog(EventQuery.all(), Direction.FORWARDS, from, 2000);
            from = page.through();
            pages++;
        } while (!page.end());

        assertThat(from).isEqualTo(4000);
        assertThat(pages).isLessThan(8);
    }

    @Test
    void wherePayloadsBecomeLargerPagesBecomeSmallerAtOnce() {
        append(1000, i -> NewEvent.of(new Note("n")));
        var text = "x".repeat(32_000);
        append(400, i -> NewEvent.of(new Note(text)));
        append(400, i -> NewEvent.of(new Note(text)));
        walkOver(1000);

        var sizes = walkOver(1800);

        assertThat(sizes.stream()
                        .filter(bytes -> bytes > PageRows.PAGE_BYTES + 100_000L)
                        .count())
                .isLessThanOrEqualTo(1);
    }

    private List<Long> walkOver(long upTo) {
        var sizes = new ArrayList<Long>();
        long from = 0;
        while (from < upTo) {
            var page = storage.readLog(EventQuery.all(), Direction.FORWARDS, from, 2000);
            from = page.through();
            sizes.add(page.events().stream().mapToLong(EncodedEvent::bytes).sum());
        }
        return sizes;
    }

    private void append(int events, IntFunction<NewEvent> event) {
        store.append(Append.to(
                STREAM,
                ExpectedVersion.any(),
                IntStream.range(0, events).mapToObj(event).toList()));
    }

    /** Requires that every way of reading takes several pages, each within its bytes, which add up to all events. */
    private void requireBoundedPages(int events, int least) {
        var all = LongStream.rangeClosed(1, events).boxed().toList();
        for (var query : QUERIES) {
            assertThat(walk(0, least, beyond -> storage.readLog(query, Direction.FORWARDS, beyond, 2000)))
                    .isEqualTo(all);
            assertThat(walk(Long.MAX_VALUE, least, beyond -> storage.readLog(query, Direction.BACKWARDS, beyond, 2000)))
                    .isEqualTo(all.reversed());
        }
        assertThat(walk(0, least, beyond -> storage.readStream(STREAM, Direction.FORWARDS, beyond, 2000)))
                .isEqualTo(all);
        assertThat(walk(Long.MAX_VALUE, least, beyond -> storage.readStream(STREAM, Direction.BACKWARDS, beyond, 2000)))
                .isEqualTo(all.reversed());
    }

    private static List<Long> walk(long from, int least, LongFunction<Page> read) {
        var positions = new ArrayList<Long>();
        int pages = 0;
        Page page;
        do {
            page = read.apply(from);
            from = page.through();
            assertThat(page.events().stream().mapToLong(EncodedEvent::bytes).sum())
                    .isLessThan(PageRows.PAGE_BYTES + 100_000L);
            page.events().forEach(event -> positions.add(event.position()));
            pages += page.events().isEmpty() ? 0 : 1;
        } while (!page.end());
        assertThat(pages).isGreaterThanOrEqualTo(least);
        return positions;
    }
}
