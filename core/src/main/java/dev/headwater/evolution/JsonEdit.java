package dev.headwater.evolution;

import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A change of a JSON object from one schema version to the next: the usual kind of {@linkplain Upcasters upcaster}.
 *
 * <p>An edit changes the object that it is given, which is its own copy, and depends on nothing else: the same object
 * always becomes the same. The edits made here leave a field alone that is not there, since it may be optional; a field
 * of another kind than expected is an error, and so is a target that is taken, as nothing may be lost.
 *
 * <pre>{@code
 * JsonEdit.rename("cust", "customerId")
 *         .then(JsonEdit.setDefault("currency", "GBP"))
 *         .then(JsonEdit.elements("items", item -> JsonEdit.object(Map.of("productId", item, "quantity", 1))))
 * }</pre>
 */
@FunctionalInterface
public interface JsonEdit {

    /** Changes the object. */
    void apply(ObjectNode object);

    /** This edit and then another one. */
    default JsonEdit then(JsonEdit next) {
        return object -> {
            apply(object);
            next.apply(object);
        };
    }

    /** Changes nothing: for a new version that old JSON fits already. */
    static JsonEdit none() {
        return object -> {};
    }

    /** Gives a field another name. */
    static JsonEdit rename(String field, String newName) {
        return object -> {
            var value = object.remove(field);
            if (value != null) {
                JsonFields.putNew(object, newName, value);
            }
        };
    }

    /** Adds a field where it is not there yet; the value is anything that can be written as JSON. */
    static JsonEdit setDefault(String field, Object value) {
        var json = JsonFields.json(value);
        return object -> {
            if (!object.has(field)) {
                object.set(field, json.deepCopy());
            }
        };
    }

    /** Removes a field with its content. */
    static JsonEdit remove(String field) {
        return object -> object.remove(field);
    }

    /**
     * Moves a value to another place; objects on the way to the new place are made where they are missing.
     *
     * @param from a JSON pointer such as {@code /customer/name}
     * @param to a JSON pointer to an object's field
     * @see <a href="https://www.rfc-editor.org/rfc/rfc6901">RFC 6901, JSON Pointer</a>
     */
    static JsonEdit move(String from, String to) {
        var source = JsonFields.pointer(from);
        var target = JsonFields.pointer(to);
        return object -> {
            var value = object.at(source);
            if (!value.isMissingNode()) {
                JsonFields.remove(object, source);
                JsonFields.putNew(JsonFields.parentOf(object, target), JsonFields.name(target), value);
            }
        };
    }

    /** Replaces the value of a field by what the function makes of it, such as a number of a text. */
    static JsonEdit retype(String field, UnaryOperator<JsonNode> function) {
        return object -> {
            var value = object.get(field);
            if (value != null) {
                object.set(field, function.apply(value));
            }
        };
    }

    /** Puts the value of a field into an object of its own, as the field {@code inner} of it. */
    static JsonEdit wrap(String field, String inner) {
        return retype(field, value -> JsonNodeFactory.instance.objectNode().set(inner, value));
    }

    /** Replaces a field that is an object by the value of one of the object's fields. */
    static JsonEdit unwrap(String field, String inner) {
        return retype(field, value -> {
            var found = value.get(inner);
            if (found == null || value.size() != 1) {
                throw JsonFields.unexpected(field, value, "an object with the field '" + inner + "' alone");
            }
            return found;
        });
    }

    /** Replaces a field by several: the function makes the new fields, by name, of its value. */
    static JsonEdit split(String field, Function<JsonNode, Map<String, ?>> function) {
        return object -> {
            var value = object.remove(field);
            if (value != null) {
                function.apply(value).forEach((name, part) -> JsonFields.putNew(object, name, JsonFields.json(part)));
            }
        };
    }

    /** Edits an object inside of the object. */
    static JsonEdit within(String field, JsonEdit edit) {
        return object -> {
            var value = object.get(field);
            if (value != null) {
                edit.apply(JsonFields.requireObject(field, value));
            }
        };
    }

    /** Replaces every element of an array by what the function makes of it. */
    static JsonEdit elements(String field, UnaryOperator<JsonNode> function) {
        return object -> {
            var value = object.get(field);
            if (value == null) {
                return;
            }
            if (!(value instanceof ArrayNode array)) {
                throw JsonFields.unexpected(field, value, "an array");
            }
            for (int i = 0; i < array.size(); i++) {
                array.set(i, function.apply(array.get(i)));
            }
        };
    }

    /** Edits every element of an array of objects. */
    static JsonEdit each(String field, JsonEdit edit) {
        return elements(field, element -> {
            edit.apply(JsonFields.requireObject(field, element));
            return element;
        });
    }

    /** A JSON object of these fields, for functions that make one. */
    static ObjectNode object(Map<String, ?> fields) {
        return JsonFields.requireObject("", JsonFields.json(fields));
    }
}
