package dev.headwater.testkit;

import static dev.headwater.store.AppendCondition.noneMatching;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.Envelope;
import dev.headwater.UndecodableMessageException;
import dev.headwater.store.Append;
import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.ContractCommand.Count;
import dev.headwater.testkit.ContractEvent.Counted;
import dev.headwater.testkit.ContractEvent.Enrolled;
import dev.headwater.testkit.ContractEvent.Noted;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Streams that belong to the toolkit stand in the same log, and are seen by those only who ask for them. */
abstract class ReservedStreamContract extends ConditionContract {

    private static final StreamId JOURNAL = new StreamId("$journal-1");
    private static final EventQuery NOTES = EventQuery.ofTypes(Set.of("contract.noted"));

    ReservedStreamContract(EventStoreContract implementation) {
        super(implementation);
    }

    @Test
    void allEventsLeaveThemOut() {
        toolkit.append(JOURNAL, ANY, counted(300));
        store.append(STREAM, ANY, new Noted("a"));
        toolkit.append(JOURNAL, ANY, counted(300));

        requireFound(EventQuery.all(), 301);
        assertEquals(List.of(301L), positions(store.readLog(0).toList()));
        assertEquals(601, wholeLog().size());
        assertEquals(601, last(EventQuery.all()));
        requireFound(EventQuery.all().or(NOTES.withReserved()), 301);
    }

    @Test
    void queriesLeaveThemOut() {
        store.append(STREAM, ANY, new Noted("a"));
        toolkit.append(JOURNAL, ANY, new Noted("b"), new Enrolled("physics", "ada"));
        store.append(OTHER, ANY, new Enrolled("physics", "grace"));
        toolkit.append(new StreamId("$"), ANY, new Noted("c"));
        store.append(new StreamId("a$"), ANY, new Noted("d"));

        requireFound(NOTES, 1, 6);
        requireFound(NOTES.withReserved(), 1, 2, 5, 6);
        requireFound(EventQuery.ofCategories(Set.of("$journal", "order")), 1, 4);
        requireFound(EventQuery.ofCategories(Set.of("$journal", "order")).withReserved(), 1, 2, 3, 4);
        requireFound(EventQuery.ofCategories(Set.of("$")).withReserved(), 5);
        requireFound(EventQuery.withTags(Set.of("course:physics")), 4);
        requireFound(EventQuery.withTags(Set.of("course:physics")).withReserved(), 3, 4);
        requireFound(EventQuery.ofTypes(Set.of("contract.enrolled")).or(NOTES.withReserved()), 1, 2, 4, 5, 6);
        requireFound(EventQuery.all().or(NOTES.withReserved()), 1, 2, 4, 5, 6);
        requireFound(EventQuery.all().withReserved(), 1, 2, 3, 4, 5, 6);
    }

    @Test
    void conditionsLeaveThemOut() {
        toolkit.append(JOURNAL, ANY, new Noted("a"), new Enrolled("physics", "ada"));
        for (int i = 0; i < 3; i++) {
            toolkit.append(JOURNAL, ANY, counted(1_000));
        }

        requireAccepted(noneMatching(EventQuery.all(), 0));
        requireAccepted(noneMatching(NOTES, 0));
        requireAccepted(noneMatching(EventQuery.ofCategories(Set.of("$journal")), 0));
        requireAccepted(noneMatching(EventQuery.withTags(Set.of("student:ada", "course:physics")), 0));
        requireRefused(noneMatching(NOTES.withReserved(), 0), 1);
        requireRefused(noneMatching(EventQuery.ofCategories(Set.of("$journal")).withReserved(), 1), 2);
        requireRefused(noneMatching(EventQuery.withTags(Set.of("student:ada")).withReserved(), 0), 2);
        requireRefused(noneMatching(EventQuery.all().withReserved(), 5), 6);
        requireRefused(noneMatching(EventQuery.all(), 0), 3_003);
    }

    @Test
    void onlyTheToolkitAppendsToThem() {
        var refusal = refused(IllegalArgumentException.class, () -> store.append(JOURNAL, ANY, new Noted("a")));
        assertTrue(String.valueOf(refusal.getMessage()).contains("$journal-1"), "which stream it was");
        refused(
                IllegalArgumentException.class,
                () -> store.append(Append.to(STREAM, ANY, new Noted("a")).and(JOURNAL, ANY, new Noted("b"))));

        toolkit.append(Append.to(STREAM, ANY, new Noted("a")).and(JOURNAL, ANY, new Noted("b")));
        assertEquals(List.of(new Noted("b")), stream(JOURNAL));
        assertEquals(List.of(new Noted("a")), stream(STREAM));
    }

    @Test
    void commandsAreKeptAsTheyAre() {
        var command = Envelope.of(new Count(3), CLOCK);
        refused(
                IllegalArgumentException.class,
                () -> store.append(Append.to(STREAM, ANY, List.of(NewEvent.command(command)))));

        toolkit.append(Append.to(JOURNAL, ANY, List.of(NewEvent.command(command))));

        var stored = elsewhere.readEvent(1);
        assertEquals(command, stored.messageEnvelope());
        assertEquals("contract.count", stored.type());
        assertThrows(UndecodableMessageException.class, stored::event);
        requireFound(EventQuery.ofTypes(Set.of("contract.count")));
        requireFound(EventQuery.ofTypes(Set.of("contract.count")).withReserved(), 1);
    }

    @Test
    void eventsAreFoundByTheirIds() {
        var first = fresh(new Noted("a"), new Counted(1));
        var second = fresh(new Enrolled("physics", "ada"), new Counted(2));
        store.append(Append.to(STREAM, ANY, first));
        toolkit.append(Append.to(JOURNAL, ANY, second));

        var found = elsewhere.findEvents(List.of(
                id(second.get(1)), id(second.getFirst()), new UUID(1, 2), id(first.getFirst()), id(second.get(1))));

        assertEquals(List.of(1L, 3L, 4L), positions(found));
        assertEquals(wholeLog().get(2).envelope(), found.get(1).envelope());
        assertEquals(Set.of("course:physics", "student:ada"), found.get(1).tags());
        assertEquals(1, found.get(1).version());
        assertEquals(List.of(), store.findEvents(List.of()));
    }

    private static UUID id(NewEvent event) {
        return event.envelope().id();
    }

    /** Where the last page of a query ends. */
    private long last(EventQuery query) {
        var page = storage.readLog(query, Direction.FORWARDS, 0, 100);
        while (!page.end()) {
            page = storage.readLog(query, Direction.FORWARDS, page.through(), 100);
        }
        return page.through();
    }

    private void requireFound(EventQuery query, long... positions) {
        var expected = java.util.Arrays.stream(positions).boxed().toList();
        assertEquals(expected, positions(store.readLogAsStored(0, query).toList()), query + " forwards");
        assertEquals(
                expected.reversed(), positions(store.readLogBackwards(query).toList()), query + " backwards");
    }
}
