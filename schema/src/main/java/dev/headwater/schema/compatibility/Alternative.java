package dev.headwater.schema.compatibility;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Documents of one JSON type that satisfy some schemas together.
 *
 * @param type the JSON type
 * @param parts the schemas, without looking into what they refer to or combine
 * @param values the only possible values, when they are listed
 */
record Alternative(
        String type, List<SchemaPart> parts, @Nullable List<JsonNode> values) {

    /** Keywords under which properties may be declared that are not looked at. */
    private static final Set<String> MAY_DECLARE = Set.of(
            "if",
            "then",
            "else",
            "dependentSchemas",
            "dependencies",
            "patternProperties",
            "unevaluatedProperties",
            "$dynamicRef",
            "$recursiveRef");

    static Alternative of(String type, List<SchemaPart> parts) {
        var values = JsonTypes.values(type);
        for (var part : parts) {
            var listed = JsonValues.listed(part);
            if (listed != null) {
                values = values == null ? listed : JsonValues.common(values, listed);
            }
        }
        if (values != null) {
            values =
                    values.stream().filter(value -> JsonTypes.fits(value, type)).toList();
        }
        return new Alternative(type, parts, values);
    }

    /** Whether a document of this kind may exist, as far as its type and its listed values tell. */
    boolean isPossible() {
        return values == null || !values.isEmpty();
    }

    /** The same with one of its listed values. */
    Alternative only(JsonNode value) {
        return new Alternative(type, parts, List.of(value));
    }

    /** The properties that are surely there. */
    Set<String> required() {
        var required = new LinkedHashSet<String>();
        parts.forEach(part -> required.addAll(part.required()));
        return required;
    }

    /** The properties that are named, by being declared or required. */
    Set<String> named() {
        var named = required();
        parts.forEach(part -> named.addAll(part.properties()));
        return named;
    }

    /** What is known of a property: the schemas that it satisfies if it is there. */
    List<SchemaPart> schemasOf(String property) {
        var schemas = new ArrayList<SchemaPart>();
        for (var part : parts) {
            var declared = part.property(property);
            if (declared != null) {
                schemas.add(declared);
            } else if (!part.has("patternProperties")) {
                addAdditional(part, schemas);
            }
        }
        return schemas;
    }

    /** Whether a writer of these schemas may write a property. */
    boolean mayWrite(String property) {
        return named().contains(property) || mayWriteUnnamed();
    }

    /** Whether a writer of these schemas may write properties that are not named: only if they say so. */
    boolean mayWriteUnnamed() {
        for (var part : parts) {
            if (part.has("additionalProperties") || MAY_DECLARE.stream().anyMatch(part::has)) {
                return true;
            }
        }
        return false;
    }

    /** What is known of properties that are not named. */
    List<SchemaPart> schemasOfUnnamed() {
        var schemas = new ArrayList<SchemaPart>();
        for (var part : parts) {
            if (!part.has("patternProperties")) {
                addAdditional(part, schemas);
            }
        }
        return schemas;
    }

    /** What is known of every item of an array. */
    List<SchemaPart> schemasOfItems() {
        var schemas = new ArrayList<SchemaPart>();
        for (var part : parts) {
            var items = part.child("items");
            if (items != null && !items.node().isArray() && !part.has("prefixItems")) {
                schemas.add(items);
            }
        }
        return schemas;
    }

    private static void addAdditional(SchemaPart part, List<SchemaPart> schemas) {
        var additional = part.child("additionalProperties");
        if (additional != null) {
            schemas.add(additional);
        }
    }
}
