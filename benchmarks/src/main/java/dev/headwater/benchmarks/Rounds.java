package dev.headwater.benchmarks;

import dev.headwater.benchmarks.Comparison.Side;
import dev.headwater.benchmarks.Comparison.Target;
import dev.headwater.benchmarks.Experiment.Contestant;
import java.util.List;
import java.util.Map;

/** What every contestant of an experiment did in every round. */
record Rounds(Map<Contestant, List<Measurement>> measurements) {

    /** Holds one contestant against another of the same rounds. */
    Comparison compare(String work, String unit, Contestant limit, Contestant headwater, Target target) {
        return new Comparison(work, unit, side(limit), side(headwater), target);
    }

    /** What one contestant did, round by round. */
    List<Measurement> of(Contestant contestant) {
        return measurements.getOrDefault(contestant, List.of());
    }

    private Side side(Contestant contestant) {
        return new Side(contestant.name(), of(contestant));
    }
}
