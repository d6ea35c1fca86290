package dev.headwater.testkit;

import static dev.headwater.testkit.ProcessMessages.impatient;
import static dev.headwater.testkit.ProcessMessages.orders;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.Envelope;
import dev.headwater.Metadata;
import dev.headwater.store.Append;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.testkit.ProcessMessages.Fact.Ordered;
import dev.headwater.testkit.ProcessMessages.Fact.Paid;
import dev.headwater.testkit.ProcessMessages.Fact.Reserved;
import dev.headwater.testkit.ProcessMessages.Stage;
import dev.headwater.workflow.ProcessFilter;
import dev.headwater.workflow.ProcessInstance;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.UnclaimedEvent;
import dev.headwater.workflow.spi.EndedTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What process managers and policies promise on every database, as a JUnit suite: extend it and say how to open one.
 *
 * @param <T> the transaction of subscriptions
 */
public abstract class ProcessContract<T> {

    static final String ORDERS = "contract.orders";

    private static final long FOR_EVER = Duration.ofHours(1).toMillis();

    private ProcessRun<T> run;

    /** For subclasses. */
    protected ProcessContract() {}

    /** Opens an empty database; called once before each test. */
    protected abstract ProcessSubject<T> open() throws Exception;

    @BeforeEach
    final void openSubject() throws Exception {
        run = new ProcessRun<>(open());
    }

    @AfterEach
    final void closeSubject() {
        run.close();
    }

    private String stageOf(String id) {
        return run.storage().find(ORDERS, id).orElseThrow().stage();
    }

    private List<UnclaimedEvent> unclaimed() {
        return run.storage().unclaimed(Optional.empty(), Optional.empty(), 100);
    }

    private List<UnclaimedEvent.Reason> reasons() {
        return unclaimed().stream().map(UnclaimedEvent::reason).toList();
    }

    @Test
    void aProcessFollowsItsTable() {
        run.start(orders());
        run.happens(new Ordered("1", FOR_EVER));
        run.happens(new Paid("1"));
        run.happens(new Reserved("1"));
        run.settle();

        assertEquals(List.of("Pay 1", "Reserve 1"), run.sent());
        var instance = run.storage().find(ORDERS, "1").orElseThrow();
        assertEquals(ProcessState.COMPLETED, instance.state());
        assertEquals("DONE", instance.stage());
        assertEquals(Map.of("patience", Long.toString(FOR_EVER)), instance.attributes());
        assertEquals(List.of(), unclaimed());
    }

    @Test
    void anInstanceSaysWhatItWaitsForAndUntilWhen() {
        run.start(orders());
        run.happens(new Ordered("1", FOR_EVER));
        run.settle();

        var instance = run.storage().find(ORDERS, "1").orElseThrow();
        assertEquals(ProcessState.WAITING, instance.state());
        assertEquals("Paid", instance.waitingFor());
        assertEquals(Optional.of(instance.since().plusMillis(FOR_EVER)), instance.due());
    }

    @Test
    void anEventThatComesTwiceCountsOnce() {
        run.start(orders());
        run.happens(new Ordered("1", FOR_EVER));
        run.happens(new Ordered("1", FOR_EVER));
        run.happens(new Paid("1"));
        run.happens(new Paid("1"));
        run.settle();

        assertEquals(List.of("Pay 1", "Reserve 1"), run.sent());
        assertEquals("RESERVING", stageOf("1"));
        assertEquals(List.of(UnclaimedEvent.Reason.BEGUN_BEFORE), reasons());
    }

    @Test
    void anEventBeforeTheStartIsAnsweredAndListed() {
        run.start(orders());
        run.happens(new Paid("1"));
        run.happens(new Reserved("1"));
        run.happens(new Ordered("1", FOR_EVER));
        run.settle();

        assertEquals(List.of("Refund 1", "Pay 1"), run.sent());
        assertEquals(List.of(UnclaimedEvent.Reason.NO_INSTANCE, UnclaimedEvent.Reason.NO_INSTANCE), reasons());
        assertEquals(
                List.of(true, false),
                unclaimed().stream().map(UnclaimedEvent::answered).toList());
        assertEquals(Map.of(ORDERS, 2L), run.storage().countUnclaimed());
    }

    @Test
    void anEventAfterTheEndIsAnsweredAndListed() {
        run.start(orders());
        run.happens(new Ordered("1", FOR_EVER));
        run.happens(new Paid("1"));
        run.happens(new Reserved("1"));
        run.happens(new Paid("1"));
        run.settle();

        assertEquals(List.of("Pay 1", "Reserve 1", "Refund 1"), run.sent());
        assertEquals(List.of(UnclaimedEvent.Reason.ENDED), reasons());
        assertEquals("DONE", stageOf("1"));
    }

    @Test
    void anEventOfAnotherInstanceConcernsThatOneAlone() {
        run.start(orders());
        run.happens(new Ordered("1", FOR_EVER));
        run.happens(new Ordered("2", FOR_EVER));
        run.happens(new Paid("2"));
        run.happens(new Paid("3"));
        run.settle();

        assertEquals("PAYING", stageOf("1"));
        assertEquals("RESERVING", stageOf("2"));
        assertEquals(Optional.empty(), run.storage().find(ORDERS, "3"));
        assertEquals(
                List.of("Pay 1", "Pay 2", "Refund 3", "Reserve 2"),
                run.sent().stream().sorted().toList());
    }

    @Test
    void anEventWhoseInstanceNobodyCanTellIsPutAsideAndHoldsUpNobody() {
        run.start(orders());
        run.happens(new Ordered("1", FOR_EVER));
        run.happens(new Paid("nobody's"));
        run.happens(new Paid(""));
        run.happens(new Paid("1"));
        run.settle();

        Await.until(
                "both are dead letters",
                ProcessRun.PATIENCE,
                () -> run.letters().size() == 2);
        assertEquals("RESERVING", stageOf("1"));
        assertEquals(
                List.of("contract.paid", "contract.paid"),
                run.letters().stream().map(DeadLetter::type).toList());
    }

    @Test
    void anInstanceThatCannotBeReadWaitsAndTheOthersGoOn() throws Exception {
        run.start(orders());
        run.happens(new Ordered("1", FOR_EVER));
        run.settle();
        run.stop();

        run.start(ProcessMessages.ordersWithoutMoney());
        run.happens(new Reserved("1"));
        run.happens(new Ordered("2", FOR_EVER));
        run.happens(new Reserved("2"));
        run.settle();

        assertEquals("DONE", stageOf("2"));
        assertEquals("PAYING", stageOf("1"));
        assertEquals(
                List.of("1"),
                run.letters().stream().map(DeadLetter::sequenceKey).toList());
        assertTrue(run.letters().getFirst().failure().orElseThrow().message().contains("PAYING"));
    }

    @Test
    void theTableMayChangeAtAnyTime() {
        run.start(orders());
        run.happens(new Ordered("1", FOR_EVER));
        run.happens(new Paid("1"));
        run.settle();
        run.stop();

        run.start(ProcessMessages.newerOrders());
        run.happens(new Reserved("1"));
        run.settle();

        assertEquals(List.of("Pay 1", "Reserve 1", "Refund 1"), run.sent());
        assertEquals(2, run.storage().find(ORDERS, "1").orElseThrow().version());
    }

    @Test
    void whatComesTooLateFindsTheEndOfTheTimeBeforeIt() {
        run.start(orders());
        run.happens(new Ordered("1", 0));
        run.settle();
        assertEquals(1, run.endTimes());
        run.happens(new Paid("1"));
        run.settle();

        assertEquals(List.of("Pay 1", "Cancel 1", "Refund 1"), run.sent());
        assertEquals("CANCELLED", stageOf("1"));
        assertEquals(List.of(), unclaimed());
    }

    @Test
    void anEventThatWasInTheLogWhenTheTimeEndedCameInTime() {
        run.start(orders());
        run.happens(new Ordered("1", 0));
        run.settle();
        run.stop();

        run.happens(new Paid("1"));
        assertEquals(1, run.endTimes());
        run.start(orders());
        run.settle();

        assertEquals(List.of("Pay 1", "Reserve 1"), run.sent());
        assertEquals("RESERVING", stageOf("1"));
    }

    @Test
    void theEndOfATimeThatTheInstanceHasLeftBehindMeansNothing() {
        run.start(orders());
        run.happens(new Ordered("1", 0));
        run.settle();
        var slow = run.storage().takeDue(10, Duration.ofMinutes(1));
        assertEquals(List.of(new EndedTime(ORDERS, "1", 1)), slow);
        run.happens(new Paid("1"));
        run.settle();
        run.endTimes(slow);
        run.settle();

        assertEquals(List.of("Pay 1", "Reserve 1"), run.sent());
        assertEquals("RESERVING", stageOf("1"));
    }

    @Test
    void aTimeEndsOnceHoweverManyRecordIt() {
        run.start(orders());
        run.happens(new Ordered("1", 0));
        run.happens(new Ordered("2", 0));
        run.settle();
        var ended = run.storage().takeDue(10, Duration.ofMinutes(1));
        run.endTimes(List.of(ended.getFirst()));
        run.endTimes(ended);
        run.endTimes(ended.reversed());
        run.settle();

        assertEquals(
                List.of("Cancel 1", "Cancel 2", "Pay 1", "Pay 2"),
                run.sent().stream().sorted().toList());
        assertEquals(2, run.timesInTheLog());
    }

    @Test
    void aCrashBeforeTheCommitLosesAndDoublesNothing() {
        run.failingBeforeCommit(3);
        run.start(orders());
        run.happens(new Ordered("1", FOR_EVER));
        run.happens(new Paid("1"));
        run.happens(new Reserved("1"));
        run.settle();

        assertEquals(List.of("Pay 1", "Reserve 1"), run.sent());
        assertEquals("DONE", stageOf("1"));
    }

    @Test
    void aCrashAfterTheCommitLosesAndDoublesNothing() {
        run.failingAfterCommit(3);
        run.start(orders());
        run.happens(new Ordered("1", FOR_EVER));
        run.happens(new Paid("1"));
        run.happens(new Reserved("1"));
        run.settle();

        assertEquals(List.of("Pay 1", "Reserve 1"), run.sent());
        assertEquals("DONE", stageOf("1"));
    }

    @Test
    void severalInstancesShareTheWork() {
        run.start(orders());
        run.startAnother(orders());
        var events = new ArrayList<List<ProcessMessages.Fact>>();
        IntStream.range(0, 60)
                .mapToObj(i -> List.<ProcessMessages.Fact>of(
                        new Ordered("o" + i, FOR_EVER), new Paid("o" + i), new Reserved("o" + i)))
                .forEach(events::add);
        var random = new Random(1);
        while (!events.isEmpty()) {
            int next = random.nextInt(events.size());
            run.happens(events.get(next).getFirst());
            var rest = events.get(next).subList(1, events.get(next).size());
            if (rest.isEmpty()) {
                events.remove(next);
            } else {
                events.set(next, rest);
            }
        }
        run.settle();

        assertEquals(
                Map.of(ORDERS, Map.of(ProcessState.COMPLETED, 60L)),
                run.storage().count());
        var expected = new ArrayList<String>();
        IntStream.range(0, 60).forEach(i -> Collections.addAll(expected, "Pay o" + i, "Reserve o" + i));
        assertEquals(
                expected.stream().sorted().toList(),
                run.sent().stream().sorted().toList());
    }

    @Test
    void whatIsSentBelongsToTheConversationOfTheEvent() {
        run.start(orders());
        var ordered = Envelope.of(new Ordered("1", 0))
                .withMetadata(Metadata.NONE.withUser("zoe").with("shop", "7"));
        run.store().append(Append.to(new StreamId("fact-1"), ExpectedVersion.any(), List.of(NewEvent.of(ordered))));
        run.settle();
        run.endTimes();
        run.settle();

        for (var command : run.commands()) {
            assertEquals(ordered.id(), command.encoded().metadata().correlationId());
            assertEquals("zoe", command.encoded().metadata().user());
            assertEquals(Map.of("shop", "7"), command.encoded().metadata().attributes());
        }
        assertEquals(
                ordered.id(), run.commands().getFirst().encoded().metadata().causationId());
        assertEquals(2, run.commands().size());
    }

    @Test
    void theStoryOfAnInstanceIsToldInOrder() {
        run.start(orders());
        run.happens(new Ordered("1", 0));
        run.settle();
        run.endTimes();
        run.settle();
        run.happens(new Ordered("1", 0));
        run.settle();

        var story = String.join("\n", run.workflows().history(ORDERS, "1"));
        assertTrue(
                story.matches("(?s).* began\n.* sent contract.pay, because of contract.ordered at position 1\n"
                        + ".* sent contract.cancel, because of .*time-ended at position \\d+\n"
                        + ".* did not take contract.ordered at position \\d+: it had ended\n"
                        + ".* ended in CANCELLED"),
                story);
    }

    @Test
    void aPolicySendsACommandForEveryEvent() {
        run.start(ProcessMessages.paying());
        run.happens(new Ordered("1", 0));
        run.happens(new Paid("1"));
        run.happens(new Ordered("1", 0));
        run.settle();

        assertEquals(List.of("Pay 1", "Pay 1"), run.sent());
        assertEquals(List.of(), run.storage().list(ProcessFilter.ALL, Optional.empty(), 10));
        assertEquals(List.of(), unclaimed());
    }

    @Test
    void aPolicySendsACommandUnlessSomethingFollowsInTime() {
        run.start(impatient(Duration.ZERO));
        run.happens(new Ordered("1", 0));
        run.happens(new Ordered("2", 0));
        run.happens(new Paid("2"));
        run.happens(new Paid("3"));
        run.settle();
        run.endTimes();
        run.settle();

        assertEquals(List.of("Cancel 1"), run.sent());
        run.happens(new Paid("1"));
        run.settle();
        assertEquals(List.of("Cancel 1", "Refund 1"), run.sent());
        assertEquals(List.of(), unclaimed());
    }

    @Test
    void aPolicyWaitsAgainWhenItHappensAgain() {
        run.start(impatient(Duration.ZERO));
        run.happens(new Ordered("1", 0));
        run.happens(new Paid("1"));
        run.happens(new Ordered("1", 0));
        run.settle();
        run.endTimes();
        run.settle();

        assertEquals(List.of("Cancel 1"), run.sent());
    }

    @Test
    void aProcessBeginsWithTheFirstEventAfterItsStartUnlessToldOtherwise() {
        run.happens(new Ordered("1", FOR_EVER));
        run.startAtTheEnd(orders());
        run.happens(new Ordered("2", FOR_EVER));
        run.settle();

        assertEquals(List.of("Pay 2"), run.sent());
        assertEquals(
                List.of(Stage.PAYING.name()),
                run.storage().list(ProcessFilter.of(ORDERS), Optional.empty(), 10).stream()
                        .map(ProcessInstance::stage)
                        .toList());
    }
}
