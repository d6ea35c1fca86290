package dev.headwater.schema.derivation;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** How a schema says that null may stand in place of a value. */
final class Nullability {

    private Nullability() {}

    static ObjectNode orNull(ObjectNode schema) {
        if (schema.isEmpty() || allowsNull(schema)) {
            return schema;
        }
        if (schema.get("enum") instanceof ArrayNode constants) {
            constants.addNull();
            return schema;
        }
        if (schema.path("type").isString()) {
            var type = schema.get("type");
            schema.set("type", JsonNodeFactory.instance.arrayNode().add(type).add("null"));
            return schema;
        }
        if (schema.get("anyOf") instanceof ArrayNode branches) {
            branches.addObject().put("type", "null");
            return schema;
        }
        var either = JsonNodeFactory.instance.objectNode();
        either.putArray("anyOf").add(schema).addObject().put("type", "null");
        return either;
    }

    private static boolean allowsNull(ObjectNode schema) {
        return schema.path("type")
                        .valueStream()
                        .anyMatch(type -> type.asString("").equals("null"))
                || schema.path("enum").valueStream().anyMatch(JsonNode::isNull)
                || schema.path("anyOf")
                        .valueStream()
                        .anyMatch(branch -> branch.path("type").asString("").equals("null"));
    }
}
