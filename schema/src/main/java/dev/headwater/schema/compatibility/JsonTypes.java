package dev.headwater.schema.compatibility;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.NullNode;

/** The names of JSON types in a schema; a whole number is a number too. */
final class JsonTypes {

    static final String OBJECT = "object";
    static final String ARRAY = "array";
    static final String STRING = "string";
    static final String NUMBER = "number";
    static final String INTEGER = "integer";

    private static final List<String> ALL = List.of("null", "boolean", OBJECT, ARRAY, STRING, NUMBER);

    private JsonTypes() {}

    /** The types that all of these parts allow. */
    static Set<String> common(List<SchemaPart> parts) {
        Set<String> common = new LinkedHashSet<>(ALL);
        for (var part : parts) {
            var declared = part.get("type");
            if (declared != null) {
                common = intersection(common, names(declared));
            }
        }
        return common;
    }

    /** The types in the value of the keyword {@code type}. */
    static Set<String> names(JsonNode declared) {
        var names = new LinkedHashSet<String>();
        if (declared.isArray()) {
            declared.forEach(name -> names.add(name.asString()));
        } else {
            names.add(declared.asString());
        }
        if (names.contains(NUMBER)) {
            names.remove(INTEGER);
        }
        return names;
    }

    /** Whether a reader of some types takes every value of a type. */
    static boolean isAccepted(String type, Set<String> accepted) {
        return accepted.contains(type) || (type.equals(INTEGER) && accepted.contains(NUMBER));
    }

    /** Whether no value is of both types. */
    static boolean areDisjoint(String first, String second) {
        return !first.equals(second) && !(isNumeric(first) && isNumeric(second));
    }

    static boolean isNumeric(String type) {
        return type.equals(NUMBER) || type.equals(INTEGER);
    }

    /** Every value of a type, if they can be listed. */
    static @Nullable List<JsonNode> values(String type) {
        return switch (type) {
            case "null" -> List.of(NullNode.getInstance());
            case "boolean" -> List.of(BooleanNode.FALSE, BooleanNode.TRUE);
            default -> null;
        };
    }

    /** Whether a value may be of a type; a number of a whole value counts as an integer. */
    static boolean fits(JsonNode value, String type) {
        return switch (type) {
            case "null" -> value.isNull();
            case "boolean" -> value.isBoolean();
            case OBJECT -> value.isObject();
            case ARRAY -> value.isArray();
            case STRING -> value.isString();
            default -> value.isNumber();
        };
    }

    private static Set<String> intersection(Set<String> first, Set<String> second) {
        var both = new LinkedHashSet<String>();
        for (var type : first) {
            if (isAccepted(type, second)) {
                both.add(type);
            } else if (type.equals(NUMBER) && second.contains(INTEGER)) {
                both.add(INTEGER);
            }
        }
        return both;
    }
}
