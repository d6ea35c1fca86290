package dev.headwater.evolution;

import dev.headwater.MessageSerializer;
import java.util.Locale;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Places in JSON objects, for {@link JsonEdit}: with errors that say what was expected, never what the content is. */
final class JsonFields {

    private static final JsonMapper MAPPER = MessageSerializer.defaultMapper().build();

    private JsonFields() {}

    static JsonNode json(Object value) {
        return value instanceof JsonNode node ? node : MAPPER.valueToTree(value);
    }

    static void putNew(ObjectNode object, String field, JsonNode value) {
        if (object.has(field)) {
            throw new IllegalArgumentException("the field '" + field + "' is there already");
        }
        object.set(field, value);
    }

    static JsonPointer pointer(String text) {
        var pointer = JsonPointer.compile(text);
        if (pointer.matches()) {
            throw new IllegalArgumentException(
                    "The JSON pointer '" + text + "' names no field: expected one like '/field'");
        }
        return pointer;
    }

    static void remove(ObjectNode object, JsonPointer place) {
        requireObject(place.toString(), object.at(place.head())).remove(name(place));
    }

    /** The object that holds a place; it is made, with those above it, where it is missing. */
    static ObjectNode parentOf(ObjectNode object, JsonPointer place) {
        var parent = object;
        for (var rest = place; !rest.tail().matches(); rest = rest.tail()) {
            var field = rest.getMatchingProperty();
            var next = parent.get(field);
            parent = next == null ? parent.putObject(field) : requireObject(field, next);
        }
        return parent;
    }

    static String name(JsonPointer place) {
        return place.last().getMatchingProperty();
    }

    static ObjectNode requireObject(String field, JsonNode value) {
        if (value instanceof ObjectNode object) {
            return object;
        }
        throw unexpected(field, value, "an object");
    }

    static IllegalArgumentException unexpected(String field, JsonNode value, String expected) {
        return new IllegalArgumentException("the field '" + field + "' is of the kind "
                + value.getNodeType().name().toLowerCase(Locale.ROOT) + ": expected " + expected);
    }
}
