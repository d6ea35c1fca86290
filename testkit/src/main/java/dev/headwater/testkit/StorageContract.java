package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.InvalidMessageException;
import dev.headwater.MessageTypes;
import dev.headwater.store.Append;
import dev.headwater.store.AppendResult;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.ToolkitStore;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.store.spi.Page;
import dev.headwater.testkit.ContractEvent.Counted;
import dev.headwater.testkit.ContractEvent.Noted;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * What the topics of {@link EventStoreContract} share: two handles on an empty log, and the check of that log
 * afterwards.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class StorageContract {

    static final ExpectedVersion ANY = ExpectedVersion.any();
    static final StreamId STREAM = new StreamId("order-1");
    static final StreamId OTHER = new StreamId("order-2");

    /** Stands at a whole second, so that only the tests about times depend on how times are kept. */
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-02-28T12:34:56Z"), ZoneOffset.UTC);

    private static final MessageTypes TYPES = MessageTypes.of(ContractEvent.class, ContractCommand.class);

    private final EventStoreContract implementation;

    EventStorage storage;
    EventStore store;

    /** The same log, as parts of the toolkit use it. */
    EventStore toolkit;

    /** The same log, as another process sees it. */
    EventStore elsewhere;

    private EventStorage second;

    StorageContract(EventStoreContract implementation) {
        this.implementation = implementation;
    }

    @BeforeEach
    final void open() throws Exception {
        storage = implementation.open();
        second = implementation.openAgain(storage);
        store = new EventStore(storage, TYPES);
        toolkit = ToolkitStore.of(store, MessageTypes.builtIn());
        elsewhere = new EventStore(second, TYPES);
    }

    @AfterEach
    final void checkOrderAndClose() {
        try {
            requireOrder();
        } finally {
            try {
                if (!second.equals(storage)) {
                    second.close();
                }
            } finally {
                storage.close();
            }
        }
    }

    private void requireOrder() {
        var versions = new HashMap<StreamId, Long>();
        var ids = new HashSet<UUID>();
        long position = 0;
        Page page;
        do {
            page = storage.readLog(EventQuery.all().withReserved(), Direction.FORWARDS, position, 1_000);
            for (var event : page.events()) {
                position++;
                assertEquals(position, event.position(), "positions without gaps");
                assertEquals(
                        versions.merge(event.stream(), 1L, Long::sum),
                        event.version(),
                        "versions of " + event.stream() + " without gaps");
                assertTrue(
                        ids.add(event.message().id()),
                        "the event id " + event.message().id() + " only once");
            }
        } while (!page.end());
        assertEquals(storage.headPosition(), position, "the log ends at its head");
        versions.forEach((stream, version) -> assertEquals(
                version, storage.streamVersion(stream), "the stream '" + stream + "' ends at its version"));
    }

    static List<DomainEvent> counted(int count) {
        return IntStream.rangeClosed(1, count)
                .<DomainEvent>mapToObj(Counted::new)
                .toList();
    }

    static List<NewEvent> fresh(List<? extends DomainEvent> events) {
        return events.stream()
                .map(event -> NewEvent.of(Envelope.of(event, CLOCK)))
                .toList();
    }

    static List<NewEvent> fresh(DomainEvent... events) {
        return fresh(List.of(events));
    }

    static List<DomainEvent> events(Iterable<StoredEvent> stored) {
        var events = new ArrayList<DomainEvent>();
        stored.forEach(event -> events.add(event.event()));
        return events;
    }

    static List<Long> positions(List<StoredEvent> stored) {
        return stored.stream().map(StoredEvent::position).toList();
    }

    List<StoredEvent> log() {
        return store.readLog(0).toList();
    }

    /** Reserved streams included. */
    List<StoredEvent> wholeLog() {
        return store.readLog(0, EventQuery.all().withReserved()).toList();
    }

    List<DomainEvent> stream(StreamId stream) {
        return events(store.readStream(stream).toList());
    }

    /** Requires that a call is refused with that exception, and that the log is as before. */
    <E extends Exception> E refused(Class<E> type, Callable<AppendResult> append) {
        var before = identities();
        var refusal = assertThrows(type, append::call);
        requireClear(refusal);
        assertEquals(before, identities(), "the log after an append that was refused with: " + refusal.getMessage());
        return refusal;
    }

    /** Requires that an event is refused with a clear error or stored exactly, and that the log goes on either way. */
    void refusedOrExact(String what, Callable<Append> append) {
        long head = store.headPosition();
        try {
            var prepared = append.call();
            store.append(prepared);
            requireExact(what, prepared, store.readLog(head).toList());
        } catch (IllegalArgumentException | InvalidMessageException e) {
            requireClear(e);
            assertEquals(head, store.headPosition(), what + " was refused but moved the head of the log");
        } catch (Exception e) {
            throw new AssertionError(what + " is neither stored nor clearly refused: " + e, e);
        }
        requireWorking(what);
    }

    /** Requires that the log takes events and gives them back. */
    void requireWorking(String afterWhat) {
        long head = store.headPosition();
        var result = store.append(STREAM, ANY, new Noted("still there"));
        assertEquals(head + 1, result.lastPosition(), "the next position after " + afterWhat);
        assertEquals(
                List.of(new Noted("still there")),
                events(store.readLog(head).toList()),
                "the next event after " + afterWhat);
    }

    private static void requireExact(String what, Append append, List<StoredEvent> stored) {
        var expected =
                append.parts().stream().flatMap(part -> part.events().stream()).toList();
        assertEquals(expected.size(), stored.size(), "the number of events stored for " + what);
        int i = 0;
        for (var part : append.parts()) {
            for (var event : part.events()) {
                assertEquals(part.stream(), stored.get(i).stream(), "the stream of " + what);
                // Compared without assertEquals, which would print a payload of megabytes.
                assertTrue(event.envelope().equals(stored.get(i).envelope()), what + " comes back changed");
                assertEquals(event.tags(), stored.get(i).tags(), "the tags of " + what);
                i++;
            }
        }
    }

    private static void requireClear(Exception refusal) {
        var message = String.valueOf(refusal.getMessage());
        assertTrue(message.length() >= 20, "an error that explains itself, but found: " + message);
        assertTrue(
                message.length() <= 2_000, "an error that does not repeat its input, but it has " + message.length());
        assertFalse(message.indexOf(0) >= 0, "an error that can be printed, but it holds a NUL");
    }

    private List<String> identities() {
        return wholeLog().stream().map(StoredEvent::toString).toList();
    }
}
