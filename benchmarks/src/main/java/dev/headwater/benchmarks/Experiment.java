package dev.headwater.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/** Contestants that take turns, round by round, in an order that is turned around every time. */
final class Experiment {

    private final String name;
    private final List<Contestant> contestants;
    private final Stage stage;

    Experiment(String name, Stage stage, Contestant... contestants) {
        this.name = name;
        this.stage = stage;
        this.contestants = List.of(contestants);
    }

    /** One side of a comparison, by name. */
    record Contestant(String name, Trial trial) {}

    /** Where a contestant is measured. */
    @FunctionalInterface
    interface Stage {
        Measurement measure(Trial trial, Pace pace) throws Exception;
    }

    /** Warms each contestant up, then measures all of them in every round. */
    Rounds run(int rounds, Pace pace) throws Exception {
        var results = new LinkedHashMap<Contestant, List<Measurement>>();
        for (var contestant : contestants) {
            report("warm-up", contestant, stage.measure(contestant.trial(), pace));
        }
        for (int round = 1; round <= rounds; round++) {
            for (var contestant : round % 2 == 1 ? contestants : contestants.reversed()) {
                var measurement = stage.measure(contestant.trial(), pace);
                results.computeIfAbsent(contestant, first -> new ArrayList<>()).add(measurement);
                report("round " + round + " of " + rounds, contestant, measurement);
            }
        }
        return new Rounds(results);
    }

    private void report(String phase, Contestant contestant, Measurement measurement) {
        Progress.say(String.format(
                Locale.ROOT, "%s, %s, %s: %,.0f/s", name, phase, contestant.name(), measurement.perSecond()));
    }
}
