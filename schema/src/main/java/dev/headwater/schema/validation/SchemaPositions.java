package dev.headwater.schema.validation;

import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/** Where a schema holds other schemas. */
final class SchemaPositions {

    /** Keywords whose schemas look at the same value as the schema that holds them. */
    private static final List<String> SAME_VALUE =
            List.of("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies");

    /** Keywords whose schemas look at a part of the value, or at nothing. */
    private static final List<String> BELOW = List.of(
            "properties",
            "patternProperties",
            "additionalProperties",
            "unevaluatedProperties",
            "propertyNames",
            "items",
            "prefixItems",
            "additionalItems",
            "unevaluatedItems",
            "contains",
            "contentSchema",
            "$defs",
            "definitions");

    private static final Set<String> BY_NAME =
            Set.of("properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions");

    private SchemaPositions() {}

    /** Visits the schemas directly inside a schema that look at the same value. */
    static void forEachOfSameValue(JsonPointer pointer, JsonNode schema, BiConsumer<JsonPointer, JsonNode> visitor) {
        SAME_VALUE.forEach(keyword -> visit(pointer, schema, keyword, visitor));
    }

    /** Visits all schemas directly inside a schema. */
    static void forEach(JsonPointer pointer, JsonNode schema, BiConsumer<JsonPointer, JsonNode> visitor) {
        for (var keywords : List.of(SAME_VALUE, BELOW)) {
            keywords.forEach(keyword -> visit(pointer, schema, keyword, visitor));
        }
    }

    private static void visit(
            JsonPointer pointer, JsonNode schema, String keyword, BiConsumer<JsonPointer, JsonNode> visitor) {
        var value = schema.get(keyword);
        if (value == null) {
            return;
        }
        var place = pointer.appendProperty(keyword);
        if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                visitor.accept(place.appendIndex(i), value.get(i));
            }
        } else if (BY_NAME.contains(keyword)) {
            value.forEachEntry((name, child) -> visitor.accept(place.appendProperty(name), child));
        } else {
            visitor.accept(place, value);
        }
    }
}
