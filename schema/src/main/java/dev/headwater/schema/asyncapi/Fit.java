package dev.headwater.schema.asyncapi;

import dev.headwater.schema.compatibility.Compatibility;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Compares what one document sends with what another one receives. */
record Fit(JsonNode sender, JsonNode receiver) {

    /** For each topic the schemas of each type by version. */
    private record Messages(Map<String, Map<String, SortedMap<Integer, JsonNode>>> byTopic) {

        static Messages of(JsonNode document, String action) {
            var messages = new Messages(new LinkedHashMap<>());
            for (var operation : document.path("operations")) {
                if (operation.path("action").asString("").equals(action)) {
                    messages.add(document, operation);
                }
            }
            return messages;
        }

        private void add(JsonNode document, JsonNode operation) {
            var channel = target(document, operation.path("channel"));
            var address = channel.path("address").asString("");
            for (var reference : operation.path("messages")) {
                var message = target(document, target(document, reference));
                byTopic.computeIfAbsent(address, topic -> new LinkedHashMap<>())
                        .computeIfAbsent(message.path("name").asString(""), type -> new TreeMap<>())
                        .put(
                                message.path(DocumentWriter.VERSION).asInt(1),
                                message.path("payload").path("schema"));
            }
        }

        /** What a reference within the document leads to. */
        private static JsonNode target(JsonNode document, JsonNode reference) {
            var path = reference.path("$ref").asString("");
            return path.startsWith("#") ? document.at(path.substring(1)) : reference;
        }
    }

    List<Misfit> misfits() {
        var sent = Messages.of(sender, "send").byTopic();
        var received = Messages.of(receiver, "receive").byTopic();
        var misfits = new ArrayList<Misfit>();
        sent.forEach((topic, types) -> types.forEach((type, versions) -> {
            var known = received.getOrDefault(topic, Map.of()).get(type);
            if (known != null) {
                versions.forEach((version, schema) -> compare(topic, type, version, schema, known, misfits));
            }
        }));
        return List.copyOf(misfits);
    }

    private static void compare(
            String topic,
            String type,
            int version,
            JsonNode written,
            SortedMap<Integer, JsonNode> known,
            List<Misfit> misfits) {
        var read = known.get(version);
        if (read == null) {
            misfits.add(new Misfit(
                    topic, type, version, "$", "the receiver does not know this version, but " + known.keySet()));
            return;
        }
        Compatibility.BACKWARD
                .differences(written, read)
                .forEach(difference ->
                        misfits.add(new Misfit(topic, type, version, difference.path(), difference.explanation())));
    }
}
