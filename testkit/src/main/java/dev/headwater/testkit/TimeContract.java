package dev.headwater.testkit;

import static dev.headwater.testkit.ProcessContract.ORDERS;
import static dev.headwater.testkit.ProcessMessages.orders;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertLinesMatch;

import dev.headwater.Envelope;
import dev.headwater.Metadata;
import dev.headwater.store.Append;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.ProcessMessages.Fact.Ordered;
import dev.headwater.testkit.ProcessMessages.Fact.Paid;
import dev.headwater.testkit.ProcessMessages.Fact.Reserved;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.spi.EndedTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Time limits, crashes and several instances of an application. */
abstract class TimeContract<T> extends ProcessTopic<T> {

    TimeContract(ProcessContract<T> contract) {
        super(contract);
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

        assertLinesMatch(
                List.of(
                        ".* began",
                        ".* sent contract.pay, because of contract.ordered at position 1",
                        ".* sent contract.cancel, because of .*time-ended at position \\d+",
                        ".* did not take contract.ordered at position \\d+: it had ended",
                        ".* ended in CANCELLED"),
                run.workflows().history(ORDERS, "1"));
    }
}
