package dev.headwater.postgres.process;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What instances show, as a flat JSON object. */
final class Attributes {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private Attributes() {}

    /** The object, or null when there is nothing to show. */
    static @Nullable String write(Map<String, String> attributes) {
        return attributes.isEmpty() ? null : MAPPER.writeValueAsString(attributes);
    }

    static Map<String, String> read(@Nullable String json) {
        if (json == null) {
            return Map.of();
        }
        var attributes = new HashMap<String, String>();
        MAPPER.readTree(json)
                .properties()
                .forEach(
                        field -> attributes.put(field.getKey(), field.getValue().asString()));
        return attributes;
    }
}
