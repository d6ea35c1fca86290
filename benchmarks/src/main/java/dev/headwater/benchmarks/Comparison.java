package dev.headwater.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What came out of two sides doing the same work.
 *
 * @param work what was done
 * @param unit what was counted
 * @param limit what Headwater is held against
 * @param headwater Headwater's side
 * @param target what the comparison should show
 */
record Comparison(String work, String unit, Side limit, Side headwater, Target target) {

    /**
     * What one side did.
     *
     * @param name who it was
     * @param rounds one measurement a round
     */
    record Side(String name, List<Measurement> rounds) {

        double median() {
            return middle(Measurement::perSecond);
        }

        double slowest() {
            return rounds.stream().mapToDouble(Measurement::perSecond).min().orElseThrow();
        }

        double fastest() {
            return rounds.stream().mapToDouble(Measurement::perSecond).max().orElseThrow();
        }

        /** The median over the rounds of the rounds' median times, in nanoseconds; 0 when no times were taken. */
        double p50Nanos() {
            return middle(Measurement::p50Nanos);
        }

        /** The median over the rounds of the rounds' 99th percentiles, in nanoseconds; 0 when no times were taken. */
        double p99Nanos() {
            return middle(Measurement::p99Nanos);
        }

        private double middle(ToDoubleFunction<Measurement> figure) {
            return Comparison.median(rounds.stream().mapToDouble(figure).toArray());
        }
    }

    /**
     * What a comparison should show.
     *
     * @param leastRatio Headwater's speed divided by the limit's
     * @param mostP99Ratio the same for the 99th percentile of the times; infinite when that is not asked for
     */
    record Target(double leastRatio, double mostP99Ratio) {

        static Target ratio(double least) {
            return new Target(least, Double.POSITIVE_INFINITY);
        }

        /** No target: the figures are there to be seen. */
        static Target none() {
            return ratio(0);
        }

        boolean asksForRatio() {
            return leastRatio > 0;
        }

        boolean asksForP99() {
            return mostP99Ratio < Double.POSITIVE_INFINITY;
        }
    }

    /** The ratio of the medians. */
    double ratio() {
        return headwater.median() / limit.median();
    }

    /** The smallest ratio of a round. */
    double smallestRatio() {
        return Arrays.stream(roundRatios()).min().orElseThrow();
    }

    /** The largest ratio of a round. */
    double largestRatio() {
        return Arrays.stream(roundRatios()).max().orElseThrow();
    }

    double p99Ratio() {
        return headwater.p99Nanos() / limit.p99Nanos();
    }

    boolean isMet() {
        return ratio() >= target.leastRatio() && (!target.asksForP99() || p99Ratio() <= target.mostP99Ratio());
    }

    private double[] roundRatios() {
        var ratios = new double[limit.rounds().size()];
        Arrays.setAll(
                ratios,
                round -> headwater.rounds().get(round).perSecond()
                        / limit.rounds().get(round).perSecond());
        return ratios;
    }

    /** The middle of some values; sorts the array. */
    static double median(double[] values) {
        Arrays.sort(values);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
