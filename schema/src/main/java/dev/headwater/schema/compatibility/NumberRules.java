package dev.headwater.schema.compatibility;

import dev.headwater.schema.compatibility.Difference.Kind;
import java.math.BigDecimal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares the bounds of numbers. */
final class NumberRules {

    /** More than that is not divided: 1e999999999 is short to write and long to compute with. */
    private static final int MOST_DIGITS = 1_000;

    private final Sentences sentences;

    NumberRules(Sentences sentences) {
        this.sentences = sentences;
    }

    /** The lower or the upper end; an upper end is a lower one with its sign turned. */
    private enum End {
        LOWER("minimum", "exclusiveMinimum", "be at least ", "be more than ", "may hold less"),
        UPPER("maximum", "exclusiveMaximum", "be at most ", "be less than ", "may hold more");

        private final String inclusive;
        private final String exclusive;
        private final String demand;
        private final String exclusiveDemand;
        private final String written;

        End(String inclusive, String exclusive, String demand, String exclusiveDemand, String written) {
            this.inclusive = inclusive;
            this.exclusive = exclusive;
            this.demand = demand;
            this.exclusiveDemand = exclusiveDemand;
            this.written = written;
        }

        BigDecimal inward(BigDecimal value) {
            return this == LOWER ? value : value.negate();
        }
    }

    /** A bound; what is greater is inside. */
    private record Bound(BigDecimal inward, boolean isExclusive) {

        boolean isInside(Bound other) {
            int order = inward.compareTo(other.inward);
            return order > 0 || (order == 0 && (isExclusive || !other.isExclusive));
        }
    }

    void check(Alternative written, SchemaPart reader, String path, Set<Difference> found) {
        for (var end : End.values()) {
            check(written, reader, end, path, found);
        }
        var step = number(reader, "multipleOf");
        if (step != null && !isMultiple(written, step)) {
            found.add(sentences.difference(
                    path, Kind.RANGE, "be a multiple of " + step, "may hold numbers between them"));
        }
    }

    private void check(Alternative written, SchemaPart reader, End end, String path, Set<Difference> found) {
        var wanted = bound(reader, end);
        if (wanted == null) {
            return;
        }
        boolean isKept = written.values() == null
                ? written.parts().stream().anyMatch(part -> isInside(bound(part, end), wanted))
                : written.values().stream()
                        .allMatch(value -> new Bound(end.inward(value.decimalValue()), false).isInside(wanted));
        if (!isKept) {
            found.add(sentences.difference(
                    path,
                    Kind.RANGE,
                    (wanted.isExclusive ? end.exclusiveDemand : end.demand) + end.inward(wanted.inward),
                    end.written));
        }
    }

    private static boolean isInside(@Nullable Bound bound, Bound wanted) {
        return bound != null && bound.isInside(wanted);
    }

    /** The narrower of the two bounds that one schema can state for one end. */
    private static @Nullable Bound bound(SchemaPart part, End end) {
        var inclusive = number(part, end.inclusive);
        var exclusive = number(part, end.exclusive);
        var first = inclusive == null ? null : new Bound(end.inward(inclusive), false);
        var second = exclusive == null ? null : new Bound(end.inward(exclusive), true);
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        return first.isInside(second) ? first : second;
    }

    private static boolean isMultiple(Alternative written, BigDecimal step) {
        if (written.values() != null) {
            return written.values().stream().allMatch(value -> isMultiple(value.decimalValue(), step));
        }
        return written.parts().stream()
                .map(part -> number(part, "multipleOf"))
                .anyMatch(own -> own != null && isMultiple(own, step));
    }

    private static boolean isMultiple(BigDecimal value, BigDecimal step) {
        boolean isCheap = digits(value) <= MOST_DIGITS && digits(step) <= MOST_DIGITS;
        return isCheap && step.signum() > 0 && value.remainder(step).signum() == 0;
    }

    private static long digits(BigDecimal value) {
        return (long) value.precision() + Math.abs((long) value.scale());
    }

    private static @Nullable BigDecimal number(SchemaPart part, String keyword) {
        var value = part.get(keyword);
        return value == null ? null : value.decimalValue();
    }
}
