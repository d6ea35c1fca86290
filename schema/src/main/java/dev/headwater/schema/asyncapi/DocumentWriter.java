package dev.headwater.schema.asyncapi;

import dev.headwater.broker.spi.Topic;
import dev.headwater.schema.MessageSchema;
import dev.headwater.schema.asyncapi.ServiceMessages.Kind;
import dev.headwater.schema.asyncapi.ServiceMessages.Use;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes the document of a service. Used by one thread, once. */
final class DocumentWriter {

    /** The schema version of a message. */
    static final String VERSION = "x-schemaversion";

    private static final String BINDING = "0.5.0";
    private static final String JSON_SCHEMA = "application/schema+json;version=draft-2020-12";
    private static final String REF = "$ref";
    /** The channel of outcomes whose topic the sender of a command chooses. */
    private static final String OUTCOMES = "outcomes";

    private final ServiceMessages service;
    private final ObjectNode document = JsonNodeFactory.instance.objectNode();
    private final ObjectNode channels;
    private final ObjectNode operations;
    private final ObjectNode messages;

    DocumentWriter(ServiceMessages service) {
        this.service = service;
        document.put("asyncapi", "3.1.0");
        document.putObject("info").put("title", service.name()).put("version", service.version());
        document.put("defaultContentType", "application/json");
        this.channels = document.putObject("channels");
        this.operations = document.putObject("operations");
        this.messages = document.putObject("components").putObject("messages");
    }

    ObjectNode document() {
        service.uses().forEach(this::add);
        return document;
    }

    private void add(Use use) {
        var topic = use.topic();
        var channel = channel(topic.name(), topic.name());
        bind(channel, topic);
        boolean commands = use.kind() == Kind.ASKS || use.kind() == Kind.CARRIES_OUT;
        var operation = operation(use.isSending() ? "send" : "receive", topic.name());
        for (var schema : service.schemas(use)) {
            refer(operation, topic.name(), message(schema, commands));
        }
        use.outcomes().ifPresent(outcomes -> {
            channel(outcomes, outcomes);
            var hearing = operation("receive", outcomes);
            OutcomeSchemas.ALL.forEach(outcome -> refer(hearing, outcomes, message(outcome, false)));
            reply(operation, outcomes);
        });
        if (use.kind() == Kind.CARRIES_OUT) {
            channel(OUTCOMES, null);
            OutcomeSchemas.ALL.forEach(outcome -> inChannel(OUTCOMES, message(outcome, false)));
            reply(operation, OUTCOMES);
        }
    }

    private ObjectNode channel(String id, @Nullable String address) {
        if (channels.path(id) instanceof ObjectNode known) {
            return known;
        }
        var channel = channels.putObject(id).put("address", address);
        channel.putObject("messages");
        return channel;
    }

    private static void bind(ObjectNode channel, Topic topic) {
        var kafka = channel.putObject("bindings").putObject("kafka");
        kafka.put("topic", topic.name()).put("partitions", topic.partitions()).put("replicas", topic.replicas());
        switch (topic.retention()) {
            case Topic.Retention.For(var time) ->
                kafka.putObject("topicConfiguration").put("retention.ms", time.toMillis());
            case Topic.Retention.Latest() ->
                kafka.putObject("topicConfiguration").putArray("cleanup.policy").add("compact");
            case Topic.Retention.Forever() ->
                kafka.putObject("topicConfiguration").put("retention.ms", -1);
        }
        kafka.put("bindingVersion", BINDING);
    }

    private ObjectNode operation(String action, String channel) {
        var id = action + "." + channel;
        if (operations.path(id) instanceof ObjectNode known) {
            return known;
        }
        var operation = operations.putObject(id).put("action", action);
        operation.putObject("channel").put(REF, "#/channels/" + channel);
        operation.putArray("messages");
        return operation;
    }

    private void refer(ObjectNode operation, String channel, String message) {
        inChannel(channel, message);
        var path = "#/channels/" + channel + "/messages/" + message;
        for (var known : operation.withArray("messages")) {
            if (known.path(REF).asString("").equals(path)) {
                return;
            }
        }
        operation.withArray("messages").addObject().put(REF, path);
    }

    private void inChannel(String channel, String message) {
        var all = (ObjectNode) channels.path(channel).path("messages");
        all.putObject(message).put(REF, "#/components/messages/" + message);
    }

    private void reply(ObjectNode operation, String channel) {
        var reply = operation.putObject("reply");
        reply.putObject("address").put("location", "$message.header#/ce_replyto");
        reply.putObject("channel").put(REF, "#/channels/" + channel);
        var references = reply.putArray("messages");
        for (var outcome : OutcomeSchemas.ALL) {
            references.addObject().put(REF, "#/channels/" + channel + "/messages/" + id(outcome));
        }
    }

    private static String id(MessageSchema schema) {
        return schema.type().replace("$", "") + ".v" + schema.version();
    }

    private String message(MessageSchema schema, boolean command) {
        var id = id(schema);
        if (messages.has(id)) {
            return id;
        }
        var message = messages.putObject(id)
                .put("name", schema.type())
                .put("contentType", "application/json")
                .put(VERSION, schema.version());
        message.set("headers", headers(schema, command));
        var payload = message.putObject("payload").put("schemaFormat", JSON_SCHEMA);
        payload.set("schema", schema.schema().deepCopy());
        var kafka = message.putObject("bindings").putObject("kafka");
        kafka.putObject("key").put("type", "string").put("description", "whose order is kept, in UTF-8");
        kafka.put("bindingVersion", BINDING);
        return id;
    }

    private static ObjectNode headers(MessageSchema schema, boolean command) {
        var headers = JsonNodeFactory.instance.objectNode().put("type", "object");
        var required = headers.putArray("required");
        var properties = headers.putObject("properties");
        properties.putObject("ce_specversion").put("type", "string").put("const", "1.0");
        properties.putObject("ce_type").put("type", "string").put("const", schema.type());
        properties.putObject("ce_id").put("type", "string").put("minLength", 1);
        properties.putObject("ce_source").put("type", "string").put("format", "uri-reference");
        properties.properties().forEach(property -> required.add(property.getKey()));
        var version = properties.putObject("ce_schemaversion").put("type", "string");
        version.put("const", Integer.toString(schema.version()));
        if (schema.version() > 1) {
            required.add("ce_schemaversion");
        }
        properties.putObject("ce_time").put("type", "string").put("format", "date-time");
        for (var name : List.of("ce_subject", "ce_log", "ce_position", "ce_correlationid", "ce_causationid")) {
            properties.putObject(name).put("type", "string");
        }
        if (command) {
            properties.putObject("ce_replyto").put("type", "string").put("description", "where its outcome goes");
            properties.putObject("ce_expirytime").put("type", "string").put("format", "date-time");
        }
        return headers;
    }
}
