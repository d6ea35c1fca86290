package dev.headwater.workflow.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.workflow.code.Shop.Kind;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WorkflowCrashTest {

    @Test
    void everyOrderEndsAsItShouldWhenNothingGoesWrong() {
        var scenario = new OrderScenario(1, new Simulation.Troubles()).run();

        assertThat(scenario.wrongs()).isEmpty();
        assertThat(scenario.simulation().orders().load(OrderScenario.id(Kind.PLAIN)).state())
                .isEqualTo("shipped");
        assertThat(scenario.simulation().orders().load(OrderScenario.id(Kind.EAGER)).state())
                .isEqualTo("shipped");
    }

    @Test
    void aProcessThatDiesAtAnyBoundaryLosesAndRepeatsNothing() {
        assertThat(afterCrashAtEachBoundary(false)).isEmpty();
    }

    @Test
    void aProcessThatStaysAwayForLongerThanEveryLimitLosesAndRepeatsNothing() {
        assertThat(afterCrashAtEachBoundary(true)).isEmpty();
    }

    @Test
    void manyCrashesRepetitionsAndOverlappingRunnersChangeNoOutcome() {
        assertThat(LongStream.range(0, 300).boxed().flatMap(seed -> Trials.random(seed).stream())).isEmpty();
    }

    @Test
    void theSameSeedGivesTheSameLog() {
        assertThat(new OrderScenario(7, Trials.troubles(7)).run().simulation().printed())
                .isEqualTo(new OrderScenario(7, Trials.troubles(7)).run().simulation().printed());
    }

    private static List<String> afterCrashAtEachBoundary(boolean longDowntime) {
        return Trials.atEachBoundary(longDowntime, 1);
    }
}
