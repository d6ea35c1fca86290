package dev.headwater;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How messages of old schema versions become current ones, as a {@link MessageSerializer} asks for it. Applications
 * make one with {@link dev.headwater.evolution.Upcasters}. Implementations are immutable and thread-safe.
 */
public interface Upcasting {

    /** No steps: every message is at its current version. */
    Upcasting NONE = new Upcasting() {
        @Override
        public Map<SchemaVersion, Set<SchemaVersion>> steps() {
            return Map.of();
        }

        @Override
        public OptionalInt firstVersion(String type) {
            return OptionalInt.empty();
        }

        @Override
        public Set<String> storedNames(Set<String> types) {
            return types;
        }

        @Override
        public List<Part> upcast(EncodedMessage encoded, JsonNode json, JsonMapper mapper) {
            return List.of(new Part(new SchemaVersion(encoded.type(), encoded.schemaVersion()), json));
        }
    };

    /** A message as JSON under the type and version that it has become. */
    record Part(SchemaVersion as, JsonNode json) {}

    /** From which versions there is a step, each with all that it can lead to. */
    Map<SchemaVersion, Set<SchemaVersion>> steps();

    /** Whether there is a step from a version. */
    default boolean hasStepFrom(SchemaVersion version) {
        return steps().containsKey(version);
    }

    /** The version that a type began with, if that was declared. */
    OptionalInt firstVersion(String type);

    /**
     * The names under which events may be stored that now are of one of these types: these names and their former ones.
     */
    Set<String> storedNames(Set<String> types);

    /**
     * What a message has become after all steps from its version, in order.
     *
     * @param json its payload, which the steps may change
     * @throws UndecodableMessageException naming the step that failed
     */
    List<Part> upcast(EncodedMessage encoded, JsonNode json, JsonMapper mapper);
}
