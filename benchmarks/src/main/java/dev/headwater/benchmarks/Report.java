package dev.headwater.benchmarks;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a run found out.
 *
 * @param facts machine, versions, settings and workload, one per line
 * @param comparisons the rows of the table
 * @param bounds figures with a limit of their own
 * @param smallHeap the read in a small heap; null when it was not asked for
 */
record Report(
        List<String> facts, List<Comparison> comparisons, List<Bound> bounds, SmallHeap.@Nullable Result smallHeap) {}
