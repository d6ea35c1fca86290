package dev.headwater.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Finds what can be broken in a valid payload: along the parts of its schema that leave no other way to be valid. */
final class WebhookMutations {

    private static final List<String> TYPES = List.of("boolean", "object", "string");

    private final JsonNode schema;
    private final List<Mutation> mutations = new ArrayList<>();

    /** How a payload is broken. */
    enum Kind {
        REQUIRED_FIELD_REMOVED,
        TYPE_CHANGED,
        EXTRA_ENUM_VALUE
    }

    /** A payload that is broken on demand, and the one path where it is. */
    record Mutation(Kind kind, String path, Supplier<JsonNode> json) {}

    private WebhookMutations(JsonNode schema) {
        this.schema = schema;
    }

    static List<Mutation> of(JsonNode schema, JsonNode payload) {
        var found = new WebhookMutations(schema);
        found.walk(payload, payload, found.applying(schema, payload), "$");
        return found.mutations;
    }

    /** The schemas that a value has to satisfy, without nested choices. */
    private List<JsonNode> applying(JsonNode part, JsonNode value) {
        var all = new ArrayList<JsonNode>();
        if (part.has("$ref")) {
            all.addAll(applying(schema.at(part.get("$ref").asString().substring(1)), value));
            return all;
        }
        all.add(part);
        part.path("allOf").forEach(each -> all.addAll(applying(each, value)));
        for (var choice : part.path("oneOf")) {
            var fits = applying(choice, value).stream()
                    .anyMatch(each -> isListed(each.at("/properties/action"), value.path("action")));
            if (fits) {
                all.addAll(applying(choice, value));
            }
        }
        return all;
    }

    private static boolean isListed(JsonNode property, JsonNode value) {
        return property.path("enum").valueStream().anyMatch(value::equals)
                || (property.has("const") && property.get("const").equals(value));
    }

    private void walk(JsonNode payload, JsonNode value, List<JsonNode> schemas, String path) {
        for (var part : schemas) {
            part.path("required").forEach(name -> {
                if (value.has(name.asString())) {
                    add(
                            Kind.REQUIRED_FIELD_REMOVED,
                            payload,
                            path,
                            name.asString(),
                            object -> object.remove(name.asString()));
                }
            });
            part.path("properties").forEachEntry((name, property) -> {
                var found = value.get(name);
                if (found != null) {
                    var applying = applying(property, found);
                    breakProperty(payload, path, name, applying);
                    walk(payload, found, applying, path + step(name));
                }
            });
        }
    }

    private void breakProperty(JsonNode payload, String path, String name, List<JsonNode> schemas) {
        for (var part : schemas) {
            if (part.has("enum") && part.path("type").asString("").equals("string")) {
                add(Kind.EXTRA_ENUM_VALUE, payload, path, name, object -> object.put(name, "never heard of"));
            }
            var type = part.path("type");
            if (!type.isMissingNode()) {
                var allowed = type.isArray() ? type.valueStream().toList() : List.of(type);
                TYPES.stream()
                        .filter(other -> allowed.stream()
                                .noneMatch(each -> each.asString().equals(other)))
                        .findFirst()
                        .ifPresent(other ->
                                add(Kind.TYPE_CHANGED, payload, path, name, object -> put(object, name, other)));
            }
        }
    }

    private static void put(ObjectNode object, String name, String type) {
        switch (type) {
            case "boolean" -> object.put(name, true);
            case "object" -> object.putObject(name);
            default -> object.put(name, "text");
        }
    }

    private void add(Kind kind, JsonNode payload, String path, String name, Consumer<ObjectNode> change) {
        mutations.add(new Mutation(kind, path + step(name), () -> {
            var broken = payload.deepCopy();
            var object = broken;
            for (var element : elements(path)) {
                object = object.get(element);
            }
            change.accept((ObjectNode) object);
            return broken;
        }));
    }

    private static List<String> elements(String path) {
        return path.equals("$") ? List.of() : List.of(path.substring(2).split("\\."));
    }

    private static String step(String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_-]*") ? "." + name : "['" + name + "']";
    }
}
