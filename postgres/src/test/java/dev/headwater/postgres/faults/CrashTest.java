package dev.headwater.postgres.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Applications and servers are killed while writers append and a projection counts; see {@link Campaign}. That such a
 * campaign can fail is tested as well.
 */
final class CrashTest {

    private static final int LONG_OUTAGES = 4;
    private static final int KILLS_TO_FIND_A_BUG = 100;

    @TempDir
    private Path folder;

    @Test
    void acknowledgedEventsAndCountersSurviveEveryKill() throws Exception {
        int kills = FaultSettings.kills();
        var plan = new CampaignPlan(
                FaultSettings.seed(),
                kills,
                2,
                FaultSettings.isFull() ? LONG_OUTAGES : 0,
                PlantedBug.NONE,
                CrashTest::report);
        report("begins " + plan);
        var result = Campaign.run(plan, folder);
        report("ends after " + result);
        assertThat(result.workerKills() + result.serverKills()).isEqualTo(kills);
        assertThat(result.acknowledgedEvents()).isGreaterThan(kills);
        assertThat(result.unknownOutcomes() > 0).isEqualTo(FaultSettings.isFull());
    }

    @Test
    void anAcknowledgementBeforeTheCommitIsFound() {
        assertFound(PlantedBug.EARLY_ACKNOWLEDGEMENT, "acknowledged with .* (but is not in|but stands in) the log");
    }

    /** The contract suite finds it as well, and sooner. */
    @Test
    @EnabledIfSystemProperty(named = "headwater.faults", matches = "full")
    void aCheckpointApartFromTheEffectIsFound() {
        assertFound(PlantedBug.CHECKPOINT_APART, "the projection has counted|The projection went back");
    }

    private void assertFound(PlantedBug bug, String finding) {
        var plan = new CampaignPlan(FaultSettings.seed(), KILLS_TO_FIND_A_BUG, 1, 0, bug, CrashTest::report);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> Campaign.run(plan, folder))
                .withMessageMatching("(?s).*(" + finding + ").*");
    }

    private static void report(String line) {
        System.out.println("Crash campaign: " + line);
    }
}
