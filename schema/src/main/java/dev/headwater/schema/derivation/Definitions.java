package dev.headwater.schema.derivation;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The schemas of the objects within a message, each written once and referred to, so that they may be recursive. */
final class Definitions {

    private final Map<JavaType, String> names = new HashMap<>();
    private final Map<String, ObjectNode> schemas = new TreeMap<>();
    private @Nullable JavaType root;

    void isRoot(JavaType type) {
        root = type;
    }

    /** A reference to the schema of a type, which is made when it is asked for the first time. */
    ObjectNode reference(JavaType type, Supplier<ObjectNode> schema) {
        if (type.equals(root)) {
            return reference("#");
        }
        var known = names.get(type);
        if (known != null) {
            return reference("#/$defs/" + known);
        }
        var name = freeName(type);
        names.put(type, name);
        schemas.put(name, JsonNodeFactory.instance.objectNode());
        schemas.put(name, schema.get());
        return reference("#/$defs/" + name);
    }

    private static ObjectNode reference(String target) {
        return JsonNodeFactory.instance.objectNode().put("$ref", target);
    }

    ObjectNode addTo(ObjectNode message) {
        if (!schemas.isEmpty()) {
            message.putObject("$defs").setAll(schemas);
        }
        return message;
    }

    private String freeName(JavaType type) {
        var simple = nameOf(type);
        return schemas.containsKey(simple) ? type.toCanonical().replaceAll("[^A-Za-z0-9.]+", "-") : simple;
    }

    private static String nameOf(JavaType type) {
        return type.getBindings().getTypeParameters().stream()
                .map(Definitions::nameOf)
                .collect(Collectors.joining(
                        "-", type.getRawClass().getSimpleName() + (type.hasGenericTypes() ? "-" : ""), ""));
    }
}
