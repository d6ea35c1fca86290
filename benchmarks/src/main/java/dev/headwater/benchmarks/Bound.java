package dev.headwater.benchmarks;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A figure that must stay below a limit of its own, without another side.
 *
 * @param work what was done
 * @param unit of the figure
 * @param rounds one measurement a round
 * @param figure what counts of a measurement
 * @param below what it must stay under; infinite for a figure that is there to be seen
 */
record Bound(String work, String unit, List<Measurement> rounds, ToDoubleFunction<Measurement> figure, double below) {

    double median() {
        return Comparison.median(figures());
    }

    double least() {
        return rounds.stream().mapToDouble(figure).min().orElseThrow();
    }

    double most() {
        return rounds.stream().mapToDouble(figure).max().orElseThrow();
    }

    boolean hasLimit() {
        return below < Double.POSITIVE_INFINITY;
    }

    boolean isMet() {
        return median() < below;
    }

    private double[] figures() {
        return rounds.stream().mapToDouble(figure).toArray();
    }
}
