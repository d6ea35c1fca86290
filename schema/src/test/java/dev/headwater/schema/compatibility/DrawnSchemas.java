package dev.headwater.schema.compatibility;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Draws schemas, changes of schemas, and documents that a writer of a schema may write. */
final class DrawnSchemas {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> NAMES = List.of("a", "b", "c", "d");
    private static final List<String> WORDS = List.of("", "x", "yy", "zzz", "2026-02-28", "xx", "yyyy");
    private static final List<String> TYPES =
            List.of("null", "boolean", "string", "integer", "number", "array", "object");

    private final Random random;

    DrawnSchemas(long seed) {
        this.random = new Random(seed);
    }

    /** A schema with a recursive definition that it may refer to. */
    ObjectNode schema() {
        var schema = object(3);
        schema.putObject("$defs").set("node", object(1));
        return schema;
    }

    private JsonNode part(int depth) {
        int kind = random.nextInt(depth > 0 ? 12 : 6);
        return switch (kind) {
            case 0, 1 -> text();
            case 2, 3 -> number();
            case 4 -> listed();
            case 5 -> random.nextInt(8) == 0 ? JSON.booleanNode(random.nextInt(3) > 0) : types();
            case 6 -> array(depth);
            case 7, 8 -> object(depth);
            case 9 -> choice(depth);
            case 10 -> variants(depth);
            default -> JSON.objectNode().put("$ref", "#/$defs/node");
        };
    }

    private ObjectNode text() {
        var schema = JSON.objectNode().put("type", "string");
        maybe(() -> schema.put("minLength", random.nextInt(3)));
        maybe(() -> schema.put("maxLength", 2 + random.nextInt(3)));
        maybe(() -> schema.put("pattern", pick(List.of("^x*$", "y"))));
        maybe(() -> schema.put("format", "date"));
        return schema;
    }

    private ObjectNode number() {
        var schema = JSON.objectNode().put("type", random.nextBoolean() ? "integer" : "number");
        maybe(() -> schema.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", random.nextInt(4) - 2));
        maybe(() -> schema.put(random.nextBoolean() ? "maximum" : "exclusiveMaximum", random.nextInt(4)));
        maybe(() -> schema.put("multipleOf", 1 + random.nextInt(2)));
        return schema;
    }

    private ObjectNode listed() {
        var schema = JSON.objectNode();
        if (random.nextInt(3) == 0) {
            schema.set("const", value(0));
        } else {
            var values = schema.putArray("enum");
            for (int i = 0; i <= random.nextInt(4); i++) {
                values.add(value(0));
            }
        }
        return schema;
    }

    private ObjectNode types() {
        var schema = JSON.objectNode();
        var types = schema.putArray("type");
        types.add(pick(TYPES));
        var other = pick(TYPES);
        if (!types.get(0).asString().equals(other)) {
            types.add(other);
        }
        return schema;
    }

    private ObjectNode array(int depth) {
        var schema = JSON.objectNode().put("type", "array");
        maybe(() -> schema.put("minItems", random.nextInt(2)));
        maybe(() -> schema.put("maxItems", random.nextInt(4)));
        maybe(() -> schema.put("uniqueItems", random.nextBoolean()));
        schema.set("items", part(depth - 1));
        return schema;
    }

    private ObjectNode object(int depth) {
        var schema = JSON.objectNode().put("type", "object");
        var properties = schema.putObject("properties");
        var required = schema.putArray("required");
        for (var name : NAMES) {
            if (random.nextInt(5) < 2) {
                properties.set(name, part(depth - 1));
            }
            if (random.nextInt(6) == 0) {
                required.add(name);
            }
        }
        maybe(() -> schema.set("additionalProperties", random.nextBoolean() ? JSON.booleanNode(false) : part(0)));
        if (random.nextInt(10) == 0) {
            schema.put("maxProperties", random.nextInt(4));
        }
        return schema;
    }

    private ObjectNode choice(int depth) {
        var schema = JSON.objectNode();
        var choices = schema.putArray(pick(List.of("anyOf", "anyOf", "oneOf", "allOf")));
        choices.add(part(depth - 1)).add(part(depth - 1));
        return schema;
    }

    private ObjectNode variants(int depth) {
        var schema = JSON.objectNode();
        var choices = schema.putArray(random.nextBoolean() ? "oneOf" : "anyOf");
        for (var label : NAMES.subList(0, 1 + random.nextInt(3))) {
            var variant = object(depth - 1);
            ((ObjectNode) variant.get("properties")).putObject("kind").put("const", label);
            ((ArrayNode) variant.get("required")).add("kind");
            choices.add(variant);
        }
        return schema;
    }

    /** The same schema with one place drawn anew, or with a keyword taken away. */
    ObjectNode changed(ObjectNode schema) {
        var changed = schema.deepCopy();
        var objects = changed.findValues("type").isEmpty() ? List.<ObjectNode>of() : objectsIn(changed);
        var target = objects.get(random.nextInt(objects.size()));
        var keywords = target.propertyNames().stream().sorted().toList();
        var keyword = keywords.get(random.nextInt(keywords.size()));
        if (keyword.equals("$defs") || keyword.equals("$ref") || keyword.equals("node")) {
            return changed;
        }
        var old = target.get(keyword);
        if (random.nextInt(4) == 0) {
            target.remove(keyword);
        } else if (old.isInt() && !keyword.equals("const")) {
            target.put(keyword, Math.max(keyword.endsWith("imum") ? -5 : 0, old.intValue() + random.nextInt(3) - 1));
            if (keyword.equals("multipleOf")) {
                target.put(keyword, 1);
            }
        } else if (keyword.equals("type")) {
            target.put(keyword, pick(TYPES));
        } else if (keyword.equals("required") && old.isArray()) {
            ((ArrayNode) old).add(pick(NAMES));
            ((ArrayNode) old).remove(0);
        } else if (keyword.equals("enum")) {
            ((ArrayNode) old).add(value(0));
        } else if (keyword.equals("properties")) {
            ((ObjectNode) old).set(pick(NAMES), part(1));
        } else if (NAMES.contains(keyword) || keyword.equals("items") || keyword.equals("additionalProperties")) {
            target.set(keyword, part(1));
        }
        return changed;
    }

    private static List<ObjectNode> objectsIn(JsonNode node) {
        var found = new ArrayList<ObjectNode>();
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            found.add(object);
        }
        node.forEach(child -> found.addAll(objectsIn(child)));
        return found;
    }

    /** Something that a writer of the schema may try to write; it need not be valid. */
    JsonNode document(JsonNode root, JsonNode schema, int depth) {
        if (!schema.isObject() || depth == 0) {
            return value(depth == 0 ? 0 : 1);
        }
        if (schema.has("$ref")) {
            return document(root, root.at(schema.get("$ref").asString().substring(1)), depth - 1);
        }
        for (var keyword : List.of("anyOf", "oneOf", "allOf")) {
            if (schema.has(keyword)) {
                var choices = schema.get(keyword);
                return document(root, choices.get(random.nextInt(choices.size())), depth);
            }
        }
        if (schema.has("const")) {
            return schema.get("const");
        }
        if (schema.has("enum")) {
            return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
        }
        var type = schema.path("type");
        return switch (type.isArray() ? type.get(random.nextInt(type.size())).asString() : type.asString(pick(TYPES))) {
            case "null" -> JSON.nullNode();
            case "boolean" -> JSON.booleanNode(random.nextBoolean());
            case "string" -> JSON.stringNode(pick(WORDS));
            case "integer" -> JSON.numberNode(random.nextInt(8) - 3);
            case "number" -> random.nextBoolean() ? JSON.numberNode(random.nextInt(8) - 3) : JSON.numberNode(0.5);
            case "array" -> arrayOf(root, schema, depth);
            default -> objectOf(root, schema, depth);
        };
    }

    private JsonNode arrayOf(JsonNode root, JsonNode schema, int depth) {
        var array = JSON.arrayNode();
        int size = Math.max(schema.path("minItems").asInt(0), random.nextInt(3));
        for (int i = 0; i < size; i++) {
            array.add(document(root, schema.path("items"), depth - 1));
        }
        return array;
    }

    private JsonNode objectOf(JsonNode root, JsonNode schema, int depth) {
        var object = JSON.objectNode();
        var required =
                schema.path("required").valueStream().map(JsonNode::asString).toList();
        schema.path("properties").forEachEntry((name, property) -> {
            if (required.contains(name) || random.nextInt(3) > 0) {
                object.set(name, document(root, property, depth - 1));
            }
        });
        var additional = schema.path("additionalProperties");
        for (var name : required) {
            if (!object.has(name)) {
                object.set(name, document(root, additional, depth - 1));
            }
        }
        if (!additional.isMissingNode() && random.nextBoolean()) {
            var name = pick(NAMES);
            if (!object.has(name)) {
                object.set(name, document(root, additional, depth - 1));
            }
        }
        return object;
    }

    private JsonNode value(int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 5)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.booleanNode(random.nextBoolean());
            case 2 -> JSON.stringNode(pick(WORDS));
            case 3 -> JSON.numberNode(random.nextInt(5) - 2);
            case 4 -> JSON.numberNode(random.nextInt(4) / 2.0);
            case 5 -> JSON.arrayNode().add(value(depth - 1));
            default -> JSON.objectNode().set(pick(NAMES), value(depth - 1));
        };
    }

    private void maybe(Runnable step) {
        if (random.nextInt(4) == 0) {
            step.run();
        }
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
