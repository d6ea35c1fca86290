package dev.headwater.postgres.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several processes share a subscription whose handler fails at every tenth event for a while and at every hundredth
 * until the cause is removed, while processes and server are killed, stopped and restarted; see
 * {@link DeliveryCampaign}.
 */
final class DeliveryUnderFireTest {

    private static final int EVENTS = FaultSettings.isFull() ? 1_000_000 : 20_000;
    private static final int KEYS = FaultSettings.isFull() ? 10_000 : 1_000;
    private static final int DISTURBANCES = FaultSettings.isFull() ? 200 : 10;
    private static final int DISTURBANCES_TO_FIND_A_BUG = 100;

    @TempDir
    private Path folder;

    @Test
    void everyEventHasItsEffectOnceAndInOrderOfItsKey() throws Exception {
        long seed = FaultSettings.seed();
        report("begins with seed " + seed + ", " + EVENTS + " events of " + KEYS + " keys");
        var campaign = new DeliveryCampaign(seed, EVENTS, KEYS, DISTURBANCES, PlantedBug.NONE, folder);
        var result = campaign.run();
        report("ends after " + result);
        assertThat(result.events()).isEqualTo(EVENTS);
        assertThat(result.parked()).isPositive();
    }

    @Test
    void anEpochThatNobodyChecksIsFound() {
        var campaign = new DeliveryCampaign(
                FaultSettings.seed(), EVENTS, KEYS, DISTURBANCES_TO_FIND_A_BUG, PlantedBug.EPOCH_IGNORED, folder);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(campaign::run)
                .withMessageContaining("counted");
    }

    private static void report(String line) {
        System.out.println("Delivery under fire: " + line);
    }
}
