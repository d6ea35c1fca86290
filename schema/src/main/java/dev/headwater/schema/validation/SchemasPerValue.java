package dev.headwater.schema.validation;

import dev.headwater.schema.internal.LocalReference;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/** Counts the schemas that look at one value because a schema does, through references and combinations. */
final class SchemasPerValue {

    static final long ENDLESS = Long.MAX_VALUE / 4;

    /** How many schemas may lead to one another for the same value; more would be a matter of the stack. */
    static final int MAX_CHAIN = 500;

    private final JsonNode document;
    private final Map<JsonPointer, Long> counted = new HashMap<>();
    private final Set<JsonPointer> open = new HashSet<>();

    SchemasPerValue(JsonNode document) {
        this.document = document;
    }

    /** The number of schemas, this one included; {@link #ENDLESS} when a schema leads back to itself, or too far. */
    long of(JsonPointer place, JsonNode schema) {
        var known = counted.get(place);
        if (known != null) {
            return known;
        }
        if (open.size() >= MAX_CHAIN || !open.add(place)) {
            return ENDLESS;
        }
        var total = new long[] {1};
        SchemaPositions.forEachOfSameValue(place, schema, (child, found) -> add(total, of(child, found)));
        if (schema.has("$ref")) {
            var target = target(document, schema);
            if (target != null) {
                add(total, of(target, document.at(target)));
            }
        }
        open.remove(place);
        counted.put(place, total[0]);
        return total[0];
    }

    /** Where the reference of a schema leads; null when that is no schema of the document. */
    static @Nullable JsonPointer target(JsonNode document, JsonNode schema) {
        var target = LocalReference.place(schema.path("$ref").asString(""));
        if (target == null) {
            return null;
        }
        var found = document.at(target);
        return found.isObject() || found.isBoolean() ? target : null;
    }

    private static void add(long[] total, long more) {
        total[0] = Math.min(ENDLESS, total[0] + more);
    }
}
