package dev.headwater.testkit;

import static dev.headwater.testkit.ProcessMessages.impatient;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headwater.testkit.ProcessMessages.Fact.Ordered;
import dev.headwater.testkit.ProcessMessages.Fact.Paid;
import dev.headwater.workflow.ProcessFilter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What policies do. */
abstract class PolicyContract<T> extends ProcessTopic<T> {

    PolicyContract(ProcessContract<T> contract) {
        super(contract);
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
}
