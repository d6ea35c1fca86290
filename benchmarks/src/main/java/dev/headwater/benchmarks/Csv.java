package dev.headwater.benchmarks;

import dev.headwater.benchmarks.Comparison.Side;
import java.util.Locale;

/** Writes a report for programs: one line for each row, side and round. */
final class Csv {

    private static final String HEADER = "work,unit,side,role,round,units,per_second,p50_ms,p99_ms\n";

    private Csv() {}

    static String of(Report report) {
        var csv = new StringBuilder(HEADER);
        for (var row : report.comparisons()) {
            add(csv, row.work(), row.unit(), row.limit(), "limit");
            add(csv, row.work(), row.unit(), row.headwater(), "headwater");
        }
        for (var bound : report.bounds()) {
            add(csv, bound.work(), bound.unit(), new Side("Headwater", bound.rounds()), "headwater");
        }
        var smallHeap = report.smallHeap();
        if (smallHeap != null) {
            csv.append(String.format(
                    Locale.ROOT,
                    "\"read the whole log in %d MB\",events/s,Headwater,headwater,1,%d,%.1f,,%n",
                    SmallHeap.MEGABYTES,
                    smallHeap.events(),
                    smallHeap.perSecond()));
        }
        return csv.toString();
    }

    private static void add(StringBuilder csv, String work, String unit, Side side, String role) {
        for (int round = 0; round < side.rounds().size(); round++) {
            var measurement = side.rounds().get(round);
            csv.append(String.format(
                    Locale.ROOT,
                    "\"%s\",%s,\"%s\",%s,%d,%d,%.1f,%.4f,%.4f%n",
                    work,
                    unit,
                    side.name(),
                    role,
                    round + 1,
                    measurement.units(),
                    measurement.perSecond(),
                    measurement.p50Nanos() / 1e6,
                    measurement.p99Nanos() / 1e6));
        }
    }
}
