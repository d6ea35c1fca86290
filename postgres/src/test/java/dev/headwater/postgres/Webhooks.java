package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.MessageSerializer;
import dev.headwater.schema.MessageSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Real events that nobody here wrote: payloads of GitHub's webhooks, and the schemas that others wrote for them. They
 * come in one schema of draft 7, which is cut into one per type here.
 */
final class Webhooks {

    /** The numbers of what comes back are exact, so those of what is sent are. */
    static final JsonMapper MAPPER = MessageSerializer.defaultMapper().build();

    private static final String REFERENCE = "#/definitions/";

    private final JsonNode definitions;
    private final List<Payload> payloads = new ArrayList<>();
    private final Map<String, MessageSchema> schemas = new LinkedHashMap<>();

    /** A payload with the name of its type. */
    record Payload(String type, JsonNode json) {}

    Webhooks() {
        definitions = read("schema.json").get("definitions");
        definitions.forEach(definition -> ((ObjectNode) definition).remove("$schema"));
        for (var entry : read("examples.json")) {
            var name = entry.get("name").asString();
            var type = "webhook." + name;
            schemas.put(type, new MessageSchema(type, 1, schema(name)));
            entry.get("examples").forEach(json -> payloads.add(new Payload(type, json)));
        }
    }

    private static JsonNode read(String name) {
        var file = Path.of(System.getProperty("headwater.webhooks", "headwater.webhooks is not set"), name);
        assertThat(Files.isReadable(file))
                .as("%s is there; ./verify fetches it, or build/fetch-webhooks.sh alone", file)
                .isTrue();
        return MAPPER.readTree(file);
    }

    List<Payload> payloads() {
        return payloads;
    }

    /** The schemas by type. */
    Map<String, MessageSchema> schemas() {
        return schemas;
    }

    private ObjectNode schema(String name) {
        var definition = definitions.has(name + "_event") ? name + "_event" : name + "$event";
        var schema = JsonNodeFactory.instance.objectNode();
        schema.put("$schema", "http://json-schema.org/draft-07/schema#").put("$ref", REFERENCE + definition);
        var reachable = new LinkedHashMap<String, JsonNode>();
        collect(schema, reachable);
        var own = schema.putObject("definitions");
        reachable.forEach(own::set);
        return schema;
    }

    private void collect(JsonNode node, Map<String, JsonNode> reachable) {
        if (node.path("$ref").isString()) {
            var name = node.get("$ref").asString().substring(REFERENCE.length());
            if (reachable.putIfAbsent(name, definitions.get(name)) == null) {
                collect(definitions.get(name), reachable);
            }
        }
        node.forEach(child -> collect(child, reachable));
    }
}
