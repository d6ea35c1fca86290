package dev.headwater.schema.compatibility;

import dev.headwater.schema.compatibility.Difference.Kind;
import java.math.BigDecimal;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The sizes that a schema can bound. */
enum Sizes {
    /** The length of a text, in code points. */
    TEXT("minLength", "maxLength", "characters"),
    /** The number of items of an array. */
    ITEMS("minItems", "maxItems", "items"),
    /** The number of properties of an object. */
    PROPERTIES("minProperties", "maxProperties", "properties");

    private final String least;
    private final String most;
    private final String unit;

    Sizes(String least, String most, String unit) {
        this.least = least;
        this.most = most;
        this.unit = unit;
    }

    void check(Alternative written, SchemaPart reader, String path, Sentences sentences, Set<Difference> found) {
        var wantedLeast = bound(reader, least);
        if (wantedLeast != null && BigDecimal.valueOf(leastWritten(written)).compareTo(wantedLeast) < 0) {
            found.add(sentences.difference(
                    path, Kind.SIZE, "have at least " + wantedLeast + " " + unit, "may have fewer"));
        }
        var wantedMost = bound(reader, most);
        var mostWritten = mostWritten(written);
        if (wantedMost != null && (mostWritten == null || mostWritten.compareTo(wantedMost) > 0)) {
            found.add(
                    sentences.difference(path, Kind.SIZE, "have at most " + wantedMost + " " + unit, "may have more"));
        }
    }

    /** Whether anything but the empty value is possible. */
    boolean mayHaveAny(Alternative written) {
        return mayExceed(written, 0);
    }

    boolean mayExceed(Alternative written, long size) {
        var mostWritten = mostWritten(written);
        return mostWritten == null || mostWritten.compareTo(BigDecimal.valueOf(size)) > 0;
    }

    private long leastWritten(Alternative written) {
        if (written.values() != null) {
            return written.values().stream().mapToLong(this::size).min().orElse(0);
        }
        var greatest = BigDecimal.ZERO;
        for (var part : written.parts()) {
            var bound = bound(part, least);
            if (bound != null) {
                greatest = greatest.max(bound);
            }
        }
        long surely = this == PROPERTIES ? written.required().size() : 0;
        return Math.max(
                surely, greatest.min(BigDecimal.valueOf(Integer.MAX_VALUE)).longValue());
    }

    private @Nullable BigDecimal mostWritten(Alternative written) {
        if (written.values() != null) {
            return BigDecimal.valueOf(
                    written.values().stream().mapToLong(this::size).max().orElse(0));
        }
        BigDecimal smallest = null;
        for (var part : written.parts()) {
            var bound = bound(part, most);
            if (bound != null) {
                smallest = smallest == null ? bound : smallest.min(bound);
            }
        }
        return smallest;
    }

    private static @Nullable BigDecimal bound(SchemaPart part, String keyword) {
        var bound = part.get(keyword);
        return bound == null ? null : bound.decimalValue();
    }

    private long size(JsonNode value) {
        if (this != TEXT) {
            return value.size();
        }
        var text = value.asString();
        return text.codePointCount(0, text.length());
    }
}
