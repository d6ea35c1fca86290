package dev.headwater.workflow.code;

import java.util.ArrayList;
import java.util.List;

/** Runs of the order scenario in which something goes wrong; each gives what is wrong in the end. */
final class Trials {

    private Trials() {}

    /** Crashes, repetitions and runners that overlap, at random. */
    static Simulation.Troubles troubles(long seed) {
        var troubles = new Simulation.Troubles();
        troubles.crashes = 0.01;
        troubles.repetitions = 0.05;
        troubles.overlaps = 0.1;
        troubles.longDowntime = seed % 5 == 0;
        return troubles;
    }

    static List<String> random(long seed) {
        return wrongs("seed " + seed, seed, troubles(seed));
    }

    /** Dies once at each boundary, one run for each. */
    static List<String> atEachBoundary(boolean longDowntime, long seed) {
        var calm = new OrderScenario(seed, new Simulation.Troubles()).run();
        var wrongs = new ArrayList<String>();
        for (long boundary = 1; boundary <= calm.simulation().boundaries(); boundary++) {
            var troubles = new Simulation.Troubles();
            troubles.crashAt = boundary;
            troubles.longDowntime = longDowntime;
            wrongs.addAll(wrongs("crash at boundary " + boundary, seed, troubles));
        }
        return wrongs;
    }

    static List<String> wrongs(String what, long seed, Simulation.Troubles troubles) {
        try {
            return new OrderScenario(seed, troubles)
                    .run().wrongs().stream().map(wrong -> what + ": " + wrong).toList();
        } catch (RuntimeException | Error e) {
            return List.of(what + ": " + e);
        }
    }
}
