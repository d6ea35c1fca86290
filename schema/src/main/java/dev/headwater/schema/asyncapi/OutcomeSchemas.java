package dev.headwater.schema.asyncapi;

import dev.headwater.schema.MessageSchema;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What became of commands, as {@link dev.headwater.broker.CommandOutcome} is written. */
final class OutcomeSchemas {

    static final List<MessageSchema> ALL = List.of(
            new MessageSchema("$outcome.answered", 1, answered()),
            new MessageSchema("$outcome.refused", 1, without()),
            new MessageSchema("$outcome.failed", 1, without()));

    private OutcomeSchemas() {}

    /** The answer is that of the handler, of any type. */
    private static ObjectNode answered() {
        var schema = outcome();
        schema.withObject("properties").set("answer", JsonNodeFactory.instance.objectNode());
        schema.withArray("required").add("answer");
        return schema;
    }

    private static ObjectNode without() {
        var schema = outcome();
        for (var name : List.of("kind", "reason")) {
            schema.withObject("properties").putObject(name).put("type", "string");
            schema.withArray("required").add(name);
        }
        return schema;
    }

    private static ObjectNode outcome() {
        var schema = JsonNodeFactory.instance.objectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema").put("type", "object");
        schema.putObject("properties")
                .putObject("command")
                .put("type", "string")
                .put("format", "uuid");
        schema.putArray("required").add("command");
        return schema;
    }
}
