package dev.headwater.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.testkit.simulation.Seeds;
import dev.headwater.testkit.simulation.Simulation;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The whole shop in each style, with one seed after the other. */
class ShopSimulationTest {

    private static final boolean FULL = "full".equals(System.getProperty("headwater.faults"));
    private static final int SEEDS = FULL ? 10_000 : 1_500;
    private static final int SEEDS_FOR_BUGS = 1_000;

    private static Seeds seeds(int number) {
        return Simulation.seeds(Shop.SERIALIZER, number);
    }

    private static void play(ProcessStyle style) {
        long begin = System.nanoTime();
        seeds(SEEDS).forEach(simulation -> ShopSimulation.play(simulation, style, Optional.empty()));
        System.out.printf("%s: %d seeds, %.0f per second%n", style, SEEDS, SEEDS * 1e9 / (System.nanoTime() - begin));
    }

    @Test
    void asCode() {
        play(ProcessStyle.CODE);
    }

    @Test
    void asATable() {
        play(ProcessStyle.TABLE);
    }

    @Test
    void asAChoreography() {
        play(ProcessStyle.CHOREOGRAPHY);
    }

    @Test
    void theSameSeedGivesTheSameLog() {
        for (var style : ProcessStyle.values()) {
            assertThat(log(style)).hasSizeGreaterThan(20).isEqualTo(log(style));
        }
    }

    private static List<String> log(ProcessStyle style) {
        var simulation = Simulation.of(Shop.SERIALIZER, 42);
        ShopSimulation.play(simulation, style, Optional.empty());
        return simulation.log();
    }

    @Test
    void aBugInAServiceIsFound() {
        for (var bug : Bug.values()) {
            assertThatThrownBy(() -> seeds(SEEDS_FOR_BUGS).forEach(simulation -> {
                        var styles = ProcessStyle.values();
                        ShopSimulation.play(
                                simulation, styles[(int) (simulation.seed() % styles.length)], Optional.of(bug));
                    }))
                    .as("%s", bug)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("repeat it with")
                    .satisfies(found -> System.out.println(
                            bug + ": " + found.getMessage().lines().findFirst().orElse("")));
        }
    }
}
