package dev.headwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.store.spi.EventStorage;
import dev.headwater.workflow.spi.ProcessStorage;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The suites for processes fail where they should, only there, and never look away. */
@Execution(ExecutionMode.CONCURRENT)
class ProcessContractTest {

    private static ContractRun run(BiFunction<ProcessStorage<Object>, EventStorage, ProcessStorage<Object>> spoiled) {
        return ContractRun.ofProcesses(() -> new InMemoryProcessSubject(spoiled));
    }

    private static ContractRun runStorage(
            BiFunction<ProcessStorage<Object>, EventStorage, ProcessStorage<Object>> spoiled) {
        return ContractRun.ofProcessStorage(() -> new InMemoryProcessSubject(spoiled));
    }

    @Test
    void neverSkipATest() {
        assertThat(run((correct, log) -> correct))
                .satisfies(run ->
                        assertThat(run.succeeded()).hasSizeGreaterThan(15).isEqualTo(run.tests()));
        assertThat(runStorage((correct, log) -> correct))
                .satisfies(run ->
                        assertThat(run.succeeded()).hasSizeGreaterThan(10).isEqualTo(run.tests()));
    }

    @Test
    void everyTestOfTheStorageDemandsSomething() {
        var run = runStorage((correct, log) -> new PlantedProcessBugs.DoesNothing(correct));

        assertThat(run.failed()).isEqualTo(run.tests());
    }

    @Test
    void findEventsThatAreSilentlyGone() {
        assertThat(run((correct, log) -> new PlantedProcessBugs.DropsUnclaimed(correct))
                        .failed())
                .contains(
                        "Tables.anEventBeforeTheStartIsAnsweredAndListed",
                        "Tables.anEventAfterTheEndIsAnsweredAndListed",
                        "Tables.anEventThatComesTwiceCountsOnce");
    }

    @Test
    void findATimeLimitThatIsTakenForAnotherOne() {
        assertThat(run((correct, log) -> new PlantedProcessBugs.NumbersNothing(correct))
                        .failed())
                .contains("Times.theEndOfATimeThatTheInstanceHasLeftBehindMeansNothing");
    }

    @Test
    void findATimeThatEndsWithoutLookingIntoTheLog() {
        assertThat(run(PlantedProcessBugs.EndsTimesWithoutTheLog::new).failed())
                .contains("Times.anEventThatWasInTheLogWhenTheTimeEndedCameInTime");
    }

    @Test
    void findEventsThatAreTakenAgainAfterACrash() {
        assertThat(run((correct, log) -> new PlantedProcessBugs.ForgetsWhatWasTaken(correct))
                        .failed())
                .contains("Times.aCrashBeforeTheCommitLosesAndDoublesNothing");
    }

    @Test
    void findAStorageThatLosesOrRepeatsTimeLimits() {
        assertThat(runStorage((correct, log) -> new PlantedProcessBugs.PutsNothingOff(correct))
                        .failed())
                .contains("whatIsDueIsTakenOnceAndComesAgainLater", "whatIsDueFirstIsTakenFirst");
        assertThat(runStorage((correct, log) -> new PlantedProcessBugs.BeginsTimesAnew(correct))
                        .failed())
                .contains("whoStaysWhereItIsHasBeenThereAllTheTimeAndItsTimeGoesOn");
    }

    @Test
    void findAListThatRepeatsItself() {
        assertThat(runStorage((correct, log) -> new PlantedProcessBugs.RepeatsTheLast(correct))
                        .failed())
                .containsExactly("pagesGoByProcessAndStartAndLeaveNothingOut");
    }
}
