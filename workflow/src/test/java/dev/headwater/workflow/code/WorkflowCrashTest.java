package dev.headwater.workflow.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.workflow.code.Shop.Kind;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WorkflowCrashTest {

    private static final long SEEDS = "full".equals(System.getProperty("headwater.faults")) ? 10_000 : 200;

    @Test
    void everyOrderEndsAsItShouldWhenNothingGoesWrong() {
        var scenario = new OrderScenario(1, new Simulation.Troubles()).run();

        assertThat(scenario.wrongs()).isEmpty();
        assertThat(Stream.of(Kind.values()).filter(kind -> scenario.state(kind).equals("shipped")))
                .containsExactly(Kind.PLAIN, Kind.EAGER);
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
        assertThat(LongStream.range(0, SEEDS).boxed().flatMap(seed -> Trials.random(seed).stream()))
                .isEmpty();
    }

    @Test
    void theSameSeedGivesTheSameLog() {
        assertThat(new OrderScenario(7, Trials.troubles(7)).run().simulation().printed())
                .isEqualTo(new OrderScenario(7, Trials.troubles(7))
                        .run()
                        .simulation()
                        .printed());
    }

    private static List<String> afterCrashAtEachBoundary(boolean longDowntime) {
        return Trials.atEachBoundary(longDowntime, 1);
    }
}
