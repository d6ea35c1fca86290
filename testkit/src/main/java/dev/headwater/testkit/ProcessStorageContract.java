package dev.headwater.testkit;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.Metadata;
import dev.headwater.workflow.ProcessFilter;
import dev.headwater.workflow.ProcessInstance;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.UnclaimedEvent;
import dev.headwater.workflow.UnclaimedEvent.Reason;
import dev.headwater.workflow.spi.EndedTime;
import dev.headwater.workflow.spi.InstanceChange;
import dev.headwater.workflow.spi.NoClaim;
import dev.headwater.workflow.spi.ProcessStorage;
import dev.headwater.workflow.spi.StoredInstance;
import dev.headwater.workflow.spi.TimeLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ProcessStorage} has to do, as a JUnit suite: extend it and say how to open one.
 *
 * @param <T> the transaction of subscriptions
 */
public abstract class ProcessStorageContract<T> {

    private static final String P = "orders";
    private static final Duration HOUR = Duration.ofHours(1);

    private ProcessSubject<T> subject;
    private ProcessStorage<T> storage;

    /** For subclasses. */
    protected ProcessStorageContract() {}

    /** Opens an empty database; called once before each test. */
    protected abstract ProcessSubject<T> open() throws Exception;

    @BeforeEach
    final void openSubject() throws Exception {
        subject = open();
        storage = subject.processes();
    }

    @AfterEach
    final void closeSubject() {
        subject.close();
    }

    private static InstanceChange change(String id, ProcessState state, String stage, TimeLimit limit) {
        return new InstanceChange(
                id, 1, state, stage, "{}", Metadata.NONE, 1, limit, "", Optional.empty(), Map.of(), 1);
    }

    private static InstanceChange waiting(String id, TimeLimit limit) {
        return change(id, ProcessState.WAITING, "OPEN", limit);
    }

    private static InstanceChange ended(String id) {
        return change(id, ProcessState.COMPLETED, "DONE", new TimeLimit.None());
    }

    private void save(InstanceChange... changes) throws Exception {
        save(P, changes);
    }

    private void save(String process, InstanceChange... changes) throws Exception {
        subject.inTransaction(transaction -> storage.save(process, List.of(changes), transaction));
    }

    private Map<String, StoredInstance> load(String process, String... ids) throws Exception {
        var found = new ArrayList<Map<String, StoredInstance>>();
        subject.inTransaction(transaction -> found.add(storage.load(process, List.of(ids), transaction)));
        return found.getFirst();
    }

    private StoredInstance loadOne(String id) throws Exception {
        return requireNonNull(load(P, id).get(id));
    }

    private List<String> ids(ProcessFilter filter) {
        return storage.list(filter, Optional.empty(), 100).stream()
                .map(ProcessInstance::id)
                .sorted()
                .toList();
    }

    @Test
    void whatIsSavedComesBack() throws Exception {
        var context = new Metadata(
                new UUID(0x0199_0000_0000_7000L, 0x8000_0000_0000_0001L),
                null,
                "Zoë",
                "north",
                "00-trace",
                Map.of("shop", "\"1\""));
        var change = new InstanceChange(
                "4711/ä",
                3,
                ProcessState.WAITING,
                "PAYING",
                "{\"total\":10.50,\"text\":\"\\u0000é\"}",
                context,
                7,
                new TimeLimit.In(HOUR),
                "Paid or Refused",
                Optional.of("no answer"),
                Map.of("customer", "O'Neil \"x\" \\ ü"),
                42);
        save(change);

        assertEquals(
                Map.of(
                        "4711/ä",
                        new StoredInstance(
                                "4711/ä",
                                3,
                                ProcessState.WAITING,
                                "PAYING",
                                "{\"total\":10.50,\"text\":\"\\u0000é\"}",
                                context,
                                7,
                                true,
                                42)),
                load(P, "4711/ä"));
        var seen = storage.find(P, "4711/ä").orElseThrow();
        assertEquals(3, seen.version());
        assertEquals("PAYING", seen.stage());
        assertEquals("Paid or Refused", seen.waitingFor());
        assertEquals(Optional.of("no answer"), seen.problem());
        assertEquals(Map.of("customer", "O'Neil \"x\" \\ ü"), seen.attributes());
        assertEquals(seen.started(), seen.since());
        assertEquals(Optional.of(seen.started().plus(HOUR)), seen.due());
        assertEquals(Optional.empty(), seen.ended());
    }

    @Test
    void manyAreLoadedAndSavedAtOnceAndThoseThatAreNotThereAreMissing() throws Exception {
        save(IntStream.range(0, 500)
                .mapToObj(i -> waiting("i" + i, new TimeLimit.None()))
                .toArray(InstanceChange[]::new));
        var ids = IntStream.range(400, 600).mapToObj(i -> "i" + i).toArray(String[]::new);

        assertEquals(100, load(P, ids).size());
        assertEquals(Map.of(), load("other", ids));
        assertEquals(Optional.empty(), storage.find("other", "i1"));
    }

    @Test
    void instancesOfTwoProcessesStandBesideEachOther() throws Exception {
        save("a", waiting("1", new TimeLimit.None()));
        save("b", ended("1"));
        save("A", ended("1"));

        assertEquals(ProcessState.WAITING, storage.find("a", "1").orElseThrow().state());
        assertEquals(
                ProcessState.COMPLETED, storage.find("b", "1").orElseThrow().state());
        assertEquals(
                Map.of(
                        "A", Map.of(ProcessState.COMPLETED, 1L),
                        "a", Map.of(ProcessState.WAITING, 1L),
                        "b", Map.of(ProcessState.COMPLETED, 1L)),
                storage.count());
    }

    @Test
    void aNewRowTakesThePlaceOfTheFormerOne() throws Exception {
        save(waiting("1", new TimeLimit.In(HOUR)));
        var before = storage.find(P, "1").orElseThrow();
        save(ended("1"));
        var after = storage.find(P, "1").orElseThrow();

        assertEquals(before.started(), after.started());
        assertFalse(after.since().isBefore(before.since()));
        assertEquals(Optional.of(after.since()), after.ended());
        assertEquals(Optional.empty(), after.due());
        assertFalse(loadOne("1").isTimed());

        save(ended("1"));
        assertEquals(after, storage.find(P, "1").orElseThrow());

        save(waiting("1", new TimeLimit.None()));
        assertEquals(Optional.empty(), storage.find(P, "1").orElseThrow().ended());
    }

    @Test
    void whoStaysWhereItIsHasBeenThereAllTheTimeAndItsTimeGoesOn() throws Exception {
        save(waiting("1", new TimeLimit.In(HOUR)));
        var before = storage.find(P, "1").orElseThrow();
        save(waiting("1", new TimeLimit.Unchanged()));
        assertEquals(before, storage.find(P, "1").orElseThrow());

        save(waiting("1", new TimeLimit.In(HOUR)));
        var again = storage.find(P, "1").orElseThrow();
        assertEquals(again.since().plus(HOUR), again.due().orElseThrow());
        assertTrue(again.since().isAfter(before.since()));
    }

    @Test
    void whatIsDueIsTakenOnceAndComesAgainLater() throws Exception {
        save(waiting("now", new TimeLimit.In(Duration.ZERO)), waiting("later", new TimeLimit.In(HOUR)));
        save(waiting("never", new TimeLimit.None()), waiting("kept", new TimeLimit.In(Duration.ZERO)));
        save(waiting("kept", new TimeLimit.Unchanged()));

        assertEquals(
                Set.of(new EndedTime(P, "now", 1), new EndedTime(P, "kept", 1)), Set.copyOf(storage.takeDue(10, HOUR)));
        assertEquals(List.of(), storage.takeDue(10, HOUR));
        assertTrue(loadOne("now").isTimed());

        save(waiting("now", new TimeLimit.In(Duration.ZERO)));
        assertEquals(List.of(new EndedTime(P, "now", 1)), storage.takeDue(10, Duration.ZERO));
        assertEquals(List.of(new EndedTime(P, "now", 1)), storage.takeDue(10, HOUR));
    }

    @Test
    void whatIsDueFirstIsTakenFirst() throws Exception {
        for (int i = 0; i < 5; i++) {
            save(waiting("i" + (9 - i), new TimeLimit.In(Duration.ZERO)));
        }
        var first = storage.takeDue(3, HOUR);
        var second = storage.takeDue(3, HOUR);

        assertEquals(
                List.of("i9", "i8", "i7"), first.stream().map(EndedTime::id).toList());
        assertEquals(List.of("i6", "i5"), second.stream().map(EndedTime::id).toList());
    }

    @Test
    void instancesAreFoundByWhatTheyAre() throws Exception {
        save(waiting("a1", new TimeLimit.None()), ended("a2"));
        save(change("b1", ProcessState.STUCK, "OPEN", new TimeLimit.None()));
        save("other", waiting("a1", new TimeLimit.None()));
        save(new InstanceChange(
                "c1",
                2,
                ProcessState.WAITING,
                "LATE",
                "{}",
                Metadata.NONE,
                1,
                new TimeLimit.None(),
                "",
                Optional.empty(),
                Map.of("customer", "7", "country", "DE"),
                1));
        var all = ProcessFilter.of(P);

        assertEquals(List.of("a1", "a1", "a2", "b1", "c1"), ids(ProcessFilter.ALL));
        assertEquals(List.of("a1", "a2", "b1", "c1"), ids(all));
        assertEquals(List.of("a1", "c1"), ids(all.in(ProcessState.WAITING)));
        assertEquals(List.of("a2"), ids(all.in(ProcessState.COMPLETED)));
        assertEquals(List.of("a2", "b1"), ids(all.in(ProcessState.COMPLETED, ProcessState.STUCK)));
        assertEquals(List.of("c1"), ids(all.ofVersion(2)));
        assertEquals(List.of("a1", "a2"), ids(all.idsFrom("a")));
        assertEquals(List.of(), ids(all.idsFrom("A")));
        assertEquals(List.of("c1"), ids(all.showing("customer", "7").showing("country", "DE")));
        assertEquals(List.of(), ids(all.showing("customer", "8")));
        assertEquals(List.of(), ids(all.unchangedFor(HOUR)));
        assertEquals(List.of("a1", "a2", "b1", "c1"), ids(all.unchangedFor(Duration.ZERO)));
        assertEquals(
                List.of("c1"),
                ids(new ProcessFilter(
                        Optional.of(P),
                        Optional.empty(),
                        Set.of(),
                        Optional.of("LATE"),
                        "",
                        Map.of(),
                        ProcessFilter.ALL.words(),
                        Optional.empty(),
                        Optional.empty())));
    }

    private static InstanceChange told(String id, ProcessState state, String waitingFor, Optional<String> problem) {
        return new InstanceChange(
                id, 1, state, "", "{}", Metadata.NONE, 1, new TimeLimit.None(), waitingFor, problem, Map.of(), 1);
    }

    @Test
    void instancesAreFoundByWhatTheyWaitForByTheirProblemAndByTheirAge() throws Exception {
        save(
                told("a", ProcessState.WAITING, "payment.completed or payment.failed", Optional.empty()),
                told("b", ProcessState.RETRYING, "another attempt of mail", Optional.of("IOException: 100% full")),
                told("c", ProcessState.RUNNING, "", Optional.empty()));

        assertEquals(List.of("a"), ids(ProcessFilter.ALL.waitingFor("payment.failed")));
        assertEquals(List.of("a", "b"), ids(ProcessFilter.ALL.waitingFor("e")));
        assertEquals(List.of("b"), ids(ProcessFilter.ALL.withProblem("100% full")));
        assertEquals(List.of(), ids(ProcessFilter.ALL.withProblem("100_")));
        assertEquals(List.of(), ids(ProcessFilter.ALL.waitingFor("payment").withProblem("full")));
        assertEquals(List.of(), ids(ProcessFilter.ALL.startedFor(HOUR)));
        assertEquals(List.of("a", "b", "c"), ids(ProcessFilter.ALL.startedFor(Duration.ZERO)));
    }

    @Test
    void whatHasNotEndedIsSummedUpByProcessAndVersion() throws Exception {
        assertEquals(List.of(), storage.unfinished());
        save(
                waiting("late", new TimeLimit.In(Duration.ZERO)),
                waiting("timed", new TimeLimit.In(HOUR)),
                told("runs", ProcessState.RUNNING, "", Optional.empty()),
                ended("ended"),
                change("failed", ProcessState.FAILED, "", new TimeLimit.None()));
        save("others", told("a", ProcessState.WAITING, "an event", Optional.empty()));
        save("others", told("b", ProcessState.STUCK, "", Optional.of("broken")));
        save("others", told("c", ProcessState.RETRYING, "another attempt", Optional.of("broken")));

        var found = storage.unfinished();

        assertEquals(
                List.of("orders 1: 3, 2 timed", "others 1: 3, 0 timed"),
                found.stream()
                        .map(each -> each.process() + " " + each.version() + ": " + each.number() + ", " + each.timers()
                                + " timed")
                        .toList());
        assertTrue(found.getFirst().overdue().isPresent(), "a time has ended");
        assertFalse(found.getFirst().overdue().orElseThrow().isNegative());
        assertTrue(found.getFirst().idle().isPresent(), "one is at work");
        assertEquals(Optional.empty(), found.getLast().overdue());
        assertEquals(Optional.empty(), found.getLast().idle());
    }

    @Test
    void pagesGoByProcessAndStartAndLeaveNothingOut() throws Exception {
        for (var process : List.of("q", "p")) {
            for (int i = 0; i < 3; i++) {
                save(process, ended("x" + (7 - i)), ended("y" + (7 - i)));
            }
        }
        var listed = new ArrayList<ProcessInstance>();
        var page = storage.list(ProcessFilter.ALL, Optional.empty(), 5);
        while (!page.isEmpty()) {
            listed.addAll(page);
            page = storage.list(ProcessFilter.ALL, Optional.of(page.getLast()), 5);
        }

        assertEquals(
                List.of("px7", "py7", "px6", "py6", "px5", "py5", "qx7", "qy7", "qx6", "qy6", "qx5", "qy5"),
                listed.stream().map(each -> each.process() + each.id()).toList());
    }

    @Test
    void countsAreByProcessAndState() throws Exception {
        assertEquals(Map.of(), storage.count());
        save(ended("1"), ended("2"), waiting("3", new TimeLimit.None()));

        assertEquals(Map.of(P, Map.of(ProcessState.COMPLETED, 2L, ProcessState.WAITING, 1L)), storage.count());
    }

    @Test
    void eventsThatNobodyTookAreListedAndCountedOnce() throws Exception {
        var first = new NoClaim("1", 5, "paid", Reason.ENDED, true);
        var second = new NoClaim("2", 3, "paid", Reason.NO_INSTANCE, false);
        subject.inTransaction(transaction -> storage.saveUnclaimed(P, List.of(first, second), transaction));
        subject.inTransaction(transaction -> storage.saveUnclaimed(P, List.of(first), transaction));
        subject.inTransaction(transaction -> storage.saveUnclaimed("other", List.of(second), transaction));

        assertEquals(Map.of(P, 2L, "other", 1L), storage.countUnclaimed());
        var page = storage.unclaimed(Optional.of(P), Optional.empty(), 1);
        assertEquals(List.of(3L), page.stream().map(UnclaimedEvent::position).toList());
        var next = storage.unclaimed(Optional.of(P), Optional.of(page.getLast()), 5);
        assertEquals(1, next.size());
        var event = next.getFirst();
        assertEquals(new UnclaimedEvent(P, "1", 5, "paid", Reason.ENDED, true, event.time()), event);
        assertEquals(3, storage.unclaimed(Optional.empty(), Optional.empty(), 5).size());
        assertEquals(List.of(event), storage.unclaimedOf(P, "1", 5));
    }

    @Test
    void onlyRowsThatEndedLongAgoAreRemoved() throws Exception {
        save(ended("1"), ended("2"), ended("3"), waiting("4", new TimeLimit.None()));
        subject.inTransaction(transaction ->
                storage.saveUnclaimed(P, List.of(new NoClaim("1", 5, "paid", Reason.ENDED, true)), transaction));

        assertEquals(0, storage.removeEnded(HOUR, 10));
        assertEquals(2, storage.removeEnded(Duration.ZERO, 2));
        assertEquals(1, storage.removeEnded(Duration.ZERO, 2));
        assertEquals(0, storage.removeEnded(Duration.ZERO, 2));
        assertEquals(List.of("4"), ids(ProcessFilter.ALL));
        assertEquals(Map.of(), storage.countUnclaimed());
    }
}
