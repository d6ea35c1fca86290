package dev.headwater.testkit;

import static dev.headwater.testkit.ProcessContract.ORDERS;
import static dev.headwater.testkit.ProcessMessages.orders;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.subscription.DeadLetter;
import dev.headwater.testkit.ProcessMessages.Fact.Ordered;
import dev.headwater.testkit.ProcessMessages.Fact.Paid;
import dev.headwater.testkit.ProcessMessages.Fact.Reserved;
import dev.headwater.testkit.ProcessMessages.Stage;
import dev.headwater.workflow.ProcessFilter;
import dev.headwater.workflow.ProcessInstance;
import dev.headwater.workflow.ProcessState;
import dev.headwater.workflow.UnclaimedEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What events lead to in a process manager, also those that nobody expects. */
abstract class TableContract<T> extends ProcessTopic<T> {

    TableContract(ProcessContract<T> contract) {
        super(contract);
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
