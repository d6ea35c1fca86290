package dev.headwater.schema.compatibility;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Values that a schema lists; numbers are equal when they are the same number, as in 1 and 1.0. */
final class JsonValues {

    private static final long MOST_COMPARED = 4_000_000;

    /** Of nodes; not zero unless they are equal, and of no use to sort by. */
    private static final Comparator<JsonNode> EQUALITY = (first, second) -> {
        if (first.isNumber() && second.isNumber()) {
            return first.decimalValue().compareTo(second.decimalValue());
        }
        return first.equals(second) ? 0 : 1;
    };

    private JsonValues() {}

    /** The values that {@code enum} and {@code const} leave possible, if one of them is there. */
    static @Nullable List<JsonNode> listed(SchemaPart part) {
        var constant = part.get("const");
        var listed = part.get("enum");
        if (listed == null) {
            return constant == null ? null : List.of(constant);
        }
        var values = listed.valueStream().toList();
        return constant == null ? values : common(values, List.of(constant));
    }

    static List<JsonNode> common(List<JsonNode> first, List<JsonNode> second) {
        requireComparable(first, second);
        return first.stream().filter(value -> contains(second, value)).toList();
    }

    /** The values of the first list that are not in the second. */
    static List<JsonNode> missing(List<JsonNode> first, List<JsonNode> second) {
        requireComparable(first, second);
        return first.stream().filter(value -> !contains(second, value)).toList();
    }

    private static void requireComparable(List<JsonNode> first, List<JsonNode> second) {
        if ((long) first.size() * second.size() > MOST_COMPARED) {
            throw new NotJudgedException("lists too many values to compare them");
        }
    }

    private static boolean contains(List<JsonNode> values, JsonNode value) {
        return values.stream().anyMatch(each -> areEqual(each, value));
    }

    private static boolean areEqual(JsonNode first, JsonNode second) {
        return first.equals(EQUALITY, second);
    }
}
