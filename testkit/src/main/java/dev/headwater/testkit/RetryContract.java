package dev.headwater.testkit;

import static dev.headwater.store.ExpectedVersion.exactly;
import static dev.headwater.store.ExpectedVersion.noStream;
import static dev.headwater.store.ExpectedVersion.streamExists;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.store.Append;
import dev.headwater.store.AppendCondition;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.DuplicateEventException;
import dev.headwater.store.EventQuery;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoredEvent;
import dev.headwater.testkit.ContractEvent.Counted;
import dev.headwater.testkit.ContractEvent.Enrolled;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** An append that is repeated succeeds with its original result; an event id that is taken otherwise is refused. */
abstract class RetryContract extends StorageContract {

    RetryContract(EventStoreContract implementation) {
        super(implementation);
    }

    @Test
    void anyVersion() {
        requireRepeatable(Append.to(STREAM, ANY, new Counted(1), new Counted(2)));
    }

    @Test
    void noStreamAlthoughItExistsByThen() {
        requireRepeatable(Append.to(STREAM, noStream(), new Counted(1), new Counted(2)));
    }

    @Test
    void exactVersionAlthoughItIsPastByThen() {
        store.append(STREAM, ANY, counted(3));

        requireRepeatable(Append.to(STREAM, exactly(3), new Counted(4)));
    }

    @Test
    void existingStream() {
        store.append(STREAM, ANY, counted(3));

        requireRepeatable(Append.to(STREAM, streamExists(), new Counted(4), new Counted(5)));
    }

    @Test
    void severalStreams() {
        store.append(OTHER, ANY, counted(2));

        requireRepeatable(
                Append.to(STREAM, noStream(), new Counted(1), new Counted(2)).and(OTHER, exactly(2), new Counted(3)));
    }

    @Test
    void conditionThatTheFirstTryBreaks() {
        var seat = EventQuery.withTags(Set.of("course:physics"));

        requireRepeatable(
                Append.to(STREAM, ANY, new Enrolled("physics", "ada")).onlyIf(AppendCondition.noneMatching(seat, 0)));
    }

    @Test
    void manyEvents() {
        requireRepeatable(Append.to(STREAM, noStream(), fresh(counted(3_000))));
    }

    @Test
    void afterLaterAppends() {
        var append = Append.to(STREAM, noStream(), new Counted(1)).and(OTHER, noStream(), new Counted(2));
        var original = store.append(append);
        store.append(STREAM, exactly(1), new Counted(3));
        store.append(OTHER, ANY, counted(5));

        requireOriginal(original, append);
    }

    @Test
    void anAppendThatWasRefusedIsNotTakenForDone() {
        var append = Append.to(STREAM, exactly(2), new Counted(3));
        refused(ConcurrencyException.class, () -> store.append(append));
        store.append(STREAM, noStream(), counted(2));

        var result = store.append(append);

        assertEquals(3, result.version(STREAM));
        requireOriginal(result, append);
        assertEquals(counted(3), stream(STREAM));
    }

    @Test
    void concurrentRepetitionsStoreOnce() {
        for (int round = 1; round <= 20; round++) {
            var append = Append.to(STREAM, exactly(2L * round - 2), new Counted(1), new Counted(2));

            var results = Contenders.run(4, i -> () -> (i % 2 == 0 ? store : elsewhere).append(append));

            for (var result : results) {
                assertEquals(2L * round - 1, result.value().firstPosition());
                assertEquals(2L * round, result.value().version(STREAM));
            }
            assertEquals(2L * round, store.headPosition());
        }
    }

    @Test
    void anIdTwiceInOneAppendIsRefused() {
        var event = NewEvent.of(new Counted(1));

        refused(IllegalArgumentException.class, () -> store.append(Append.to(STREAM, ANY, List.of(event, event))));
        refused(
                IllegalArgumentException.class,
                () -> store.append(Append.to(STREAM, ANY, List.of(event)).and(OTHER, ANY, List.of(event))));

        requireWorking("an event id given twice");
    }

    @Test
    void anIdOfAnotherStreamIsRefused() {
        var event = NewEvent.of(new Counted(1));
        store.append(Append.to(STREAM, ANY, List.of(event)));

        var refusal = refused(DuplicateEventException.class, () -> store.append(Append.to(OTHER, ANY, List.of(event))));

        assertEquals(event.envelope().id(), refusal.eventId());
        assertEquals(0, store.streamVersion(OTHER));
    }

    @Test
    void anIdOfAnotherEventOfTheStreamIsRefused() {
        var taken = fresh(counted(3));
        store.append(Append.to(STREAM, ANY, taken));

        requireDuplicate(taken, List.of(taken.get(0), NewEvent.of(new Counted(4))));
        requireDuplicate(taken, List.of(NewEvent.of(new Counted(4)), taken.get(0)));
        requireDuplicate(taken, List.of(taken.get(2), NewEvent.of(new Counted(4))));
        requireDuplicate(taken, List.of(NewEvent.of(new Counted(4)), taken.get(2), NewEvent.of(new Counted(5))));
        requireWorking("partly known events");
    }

    @Test
    void theSameIdsAndMoreAreRefused() {
        var taken = fresh(counted(3));
        store.append(Append.to(STREAM, ANY, taken));
        var longer = new ArrayList<>(taken);
        longer.add(NewEvent.of(new Counted(4)));

        requireDuplicate(taken, longer);
    }

    @Test
    void theSameIdsInAnotherOrderAreRefused() {
        var taken = fresh(counted(3));
        store.append(Append.to(STREAM, ANY, taken));

        requireDuplicate(taken, taken.reversed());
        requireDuplicate(taken, List.of(taken.get(0), taken.get(2), taken.get(1)));
    }

    @Test
    void theSameIdsSplitOverStreamsOtherwiseAreRefused() {
        var taken = fresh(counted(3));
        store.append(Append.to(STREAM, ANY, taken.subList(0, 2)).and(OTHER, ANY, taken.subList(2, 3)));

        var refusal = refused(
                DuplicateEventException.class,
                () -> store.append(Append.to(STREAM, ANY, taken.subList(0, 1)).and(OTHER, ANY, taken.subList(1, 3))));
        assertTrue(ids(taken).contains(refusal.eventId()));
        refused(
                DuplicateEventException.class,
                () -> store.append(Append.to(OTHER, ANY, taken.subList(2, 3)).and(STREAM, ANY, taken.subList(0, 2))));
    }

    @Test
    void theEventsOfTwoAppendsThatAreNotNeighboursAreRefused() {
        var taken = fresh(counted(2));
        store.append(Append.to(STREAM, ANY, taken.subList(0, 1)));
        store.append(STREAM, ANY, new Counted(3));
        store.append(Append.to(STREAM, ANY, taken.subList(1, 2)));

        requireDuplicate(taken, taken);
    }

    private void requireRepeatable(Append append) {
        requireOriginal(store.append(append), append);
    }

    private void requireOriginal(AppendResult original, Append append) {
        var before = log().stream().map(Object::toString).toList();
        assertEquals(ids(append), idsBetween(original.firstPosition(), original.lastPosition()), "the first try");

        assertEquals(original, store.append(append), "the second try");
        assertEquals(original, elsewhere.append(append), "the third try, elsewhere");

        assertEquals(before, log().stream().map(Object::toString).toList(), "the log after two repetitions");
    }

    private void requireDuplicate(List<NewEvent> taken, List<NewEvent> events) {
        var refusal = refused(DuplicateEventException.class, () -> store.append(Append.to(STREAM, ANY, events)));
        assertTrue(ids(taken).contains(refusal.eventId()), "the error names an id that is taken");
    }

    private List<UUID> idsBetween(long firstPosition, long lastPosition) {
        return store.readLog(firstPosition - 1)
                .takeWhile(event -> event.position() <= lastPosition)
                .map(StoredEvent::id)
                .toList();
    }

    private static List<UUID> ids(Append append) {
        return append.parts().stream()
                .flatMap(part -> ids(part.events()).stream())
                .toList();
    }

    private static List<UUID> ids(List<NewEvent> events) {
        return events.stream().map(event -> event.envelope().id()).toList();
    }
}
