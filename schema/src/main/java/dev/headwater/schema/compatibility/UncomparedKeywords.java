package dev.headwater.schema.compatibility;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The keywords of JSON Schema that demand something and are not compared. */
final class UncomparedKeywords {

    private static final Set<String> ANY_TYPE = Set.of("not", "if", "$dynamicRef", "$recursiveRef");

    private static final Map<String, Set<String>> BY_TYPE = Map.of(
            JsonTypes.OBJECT,
            Set.of(
                    "patternProperties",
                    "propertyNames",
                    "dependentRequired",
                    "dependentSchemas",
                    "dependencies",
                    "unevaluatedProperties"),
            JsonTypes.ARRAY,
            Set.of("prefixItems", "contains", "additionalItems", "unevaluatedItems"));

    private UncomparedKeywords() {}

    /** Those that a schema uses and that matter for values of a type. */
    static List<String> in(SchemaPart schema, String type) {
        var keywords = Stream.concat(ANY_TYPE.stream(), BY_TYPE.getOrDefault(type, Set.of()).stream())
                .filter(schema::has)
                .sorted();
        boolean hasItemList = type.equals(JsonTypes.ARRAY)
                && schema.has("items")
                && schema.node().get("items").isArray();
        return Stream.concat(keywords, hasItemList ? Stream.of("items") : Stream.of())
                .toList();
    }
}
