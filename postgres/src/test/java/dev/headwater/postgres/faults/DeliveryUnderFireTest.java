package dev.headwater.postgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several processes share a subscription whose handler fails at every tenth event for a while and at every hundredth
 * until the cause is removed, while processes and server are killed, stopped and restarted; see
 * {@link DeliveryCampaign}.
 */
final class DeliveryUnderFireTest {

    private static final int EVENTS = FaultSettings.events();
    private static final int KEYS = EVENTS / (FaultSettings.isFull() ? 100 : 20);
    private static final int DISTURBANCES = FaultSettings.disturbances();

    @TempDir
    private Path folder;

    @Test
    void everyEventHasItsEffectOnceAndInOrderOfItsKey() throws Exception {
        long seed = FaultSettings.seed();
        report("begins with seed " + seed + ", " + EVENTS + " events of " + KEYS + " keys");
        var campaign = new DeliveryCampaign(seed, EVENTS, KEYS, DISTURBANCES, folder);
        var result = campaign.run();
        report("ends after " + result);
        assertThat(result.events()).isEqualTo(EVENTS);
        assertThat(result.parked()).isPositive();
    }

    static void report(String line) {
        System.out.println(LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS)
                + " Delivery under fire: " + line);
    }
}
