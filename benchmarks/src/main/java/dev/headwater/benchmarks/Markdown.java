package dev.headwater.benchmarks;

import dev.headwater.benchmarks.Comparison.Side;
import java.util.Formatter;
import java.util.Locale;
import java.util.function.Function;

/** Writes a report for people. */
final class Markdown {

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double MEGABYTE = 1024 * 1024;

    private final Formatter out = new Formatter(Locale.ROOT);

    private Markdown() {}

    static String of(Report report) {
        var markdown = new Markdown();
        report.facts().forEach(fact -> markdown.out.format("- %s%n", fact));
        markdown.speeds(report);
        markdown.times(report);
        markdown.bounds(report);
        var smallHeap = report.smallHeap();
        if (smallHeap != null) {
            markdown.smallHeap(smallHeap);
        }
        return markdown.out.toString();
    }

    private void speeds(Report report) {
        out.format("%n");
        out.format(
                "| work | against | limit: median (min–max) | Headwater: median (min–max) | ratio (rounds) | target | met |%n");
        out.format("|---|---|---|---|---|---|---|%n");
        for (var row : report.comparisons()) {
            boolean asked = row.target().asksForRatio();
            out.format(
                    "| %s | %s | %s %s | %s %s | **%.2f** (%.2f–%.2f) | %s | %s |%n",
                    row.work(),
                    row.limit().name(),
                    speed(row.limit()),
                    row.unit(),
                    speed(row.headwater()),
                    row.unit(),
                    row.ratio(),
                    row.smallestRatio(),
                    row.largestRatio(),
                    asked ? "≥ " + row.target().leastRatio() : "–",
                    asked ? yesOrNo(row.ratio() >= row.target().leastRatio()) : "–");
        }
    }

    private void times(Report report) {
        var rows = report.comparisons().stream()
                .filter(row -> row.headwater().p99Nanos() > 0)
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        out.format("%n");
        out.format(
                "| time of one operation in ms | limit: p50 | p99 | Headwater: p50 | p99 | p99 ratio | target | met |%n");
        out.format("|---|---|---|---|---|---|---|---|%n");
        for (var row : rows) {
            boolean asked = row.target().asksForP99();
            out.format(
                    "| %s | %s | %s | %s | %s | %s | %s | %s |%n",
                    row.work(),
                    millis(row.limit(), Side::p50Nanos),
                    millis(row.limit(), Side::p99Nanos),
                    millis(row.headwater(), Side::p50Nanos),
                    millis(row.headwater(), Side::p99Nanos),
                    row.limit().p99Nanos() > 0 ? String.format(Locale.ROOT, "%.2f", row.p99Ratio()) : "–",
                    asked ? "≤ " + row.target().mostP99Ratio() : "–",
                    asked ? yesOrNo(row.p99Ratio() <= row.target().mostP99Ratio()) : "–");
        }
    }

    private void bounds(Report report) {
        if (report.bounds().isEmpty()) {
            return;
        }
        out.format("%n");
        out.format("| figure | Headwater: median (min–max) | target | met |%n");
        out.format("|---|---|---|---|%n");
        for (var bound : report.bounds()) {
            out.format(
                    "| %s | %.2f (%.2f–%.2f) %s | %s | %s |%n",
                    bound.work(),
                    bound.median(),
                    bound.least(),
                    bound.most(),
                    bound.unit(),
                    bound.hasLimit() ? "< " + bound.below() : "–",
                    bound.hasLimit() ? yesOrNo(bound.isMet()) : "–");
        }
    }

    private void smallHeap(SmallHeap.Result result) {
        out.format("%n");
        out.format(
                "| the same read with a heap of %d MB | events | speed | heap in use after collections: first quarter | last quarter | finished |%n",
                SmallHeap.MEGABYTES);
        out.format("|---|---|---|---|---|---|%n");
        out.format(
                "| a Java process of its own | %,d | %,.0f events/s | %.0f MB | %.0f MB | %s |%n",
                result.events(),
                result.perSecond(),
                result.firstQuarterBytes() / MEGABYTE,
                result.lastQuarterBytes() / MEGABYTE,
                yesOrNo(result.isComplete()));
    }

    private static String speed(Side side) {
        return String.format(Locale.ROOT, "%,.0f (%,.0f–%,.0f)", side.median(), side.slowest(), side.fastest());
    }

    private static String millis(Side side, Function<Side, Double> nanos) {
        double value = nanos.apply(side) / NANOS_PER_MILLI;
        return value > 0 ? String.format(Locale.ROOT, "%.3f", value) : "–";
    }

    private static String yesOrNo(boolean met) {
        return met ? "yes" : "**no**";
    }
}
