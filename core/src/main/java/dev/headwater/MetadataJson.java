package dev.headwater;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Metadata beyond the two ids as one flat JSON object, the form in which storages and brokers keep it.
 *
 * <p>The keys {@code user}, {@code tenant} and {@code traceparent} stand beside the attributes. Thread-safe.
 */
public final class MetadataJson {

    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final String USER = "user";
    private static final String TENANT = "tenant";
    private static final String TRACE_PARENT = "traceparent";

    private MetadataJson() {}

    /** The JSON object, or null when there is nothing to say beyond the ids. */
    public static @Nullable String write(Metadata metadata) {
        if (metadata.user() == null
                && metadata.tenant() == null
                && metadata.traceParent() == null
                && metadata.attributes().isEmpty()) {
            return null;
        }
        var node = MAPPER.createObjectNode();
        metadata.attributes().forEach(node::put);
        putIfPresent(node, USER, metadata.user());
        putIfPresent(node, TENANT, metadata.tenant());
        putIfPresent(node, TRACE_PARENT, metadata.traceParent());
        return MAPPER.writeValueAsString(node);
    }

    /** The metadata that {@link #write} was given, with its ids. */
    public static Metadata read(@Nullable UUID correlationId, @Nullable UUID causationId, @Nullable String json) {
        if (json == null) {
            return correlationId == null && causationId == null
                    ? Metadata.NONE
                    : new Metadata(correlationId, causationId, null, null, null, Map.of());
        }
        var fields = new HashMap<String, String>();
        MAPPER.readTree(json)
                .properties()
                .forEach(field -> fields.put(field.getKey(), field.getValue().asString()));
        var user = fields.remove(USER);
        var tenant = fields.remove(TENANT);
        var traceParent = fields.remove(TRACE_PARENT);
        return new Metadata(correlationId, causationId, user, tenant, traceParent, fields);
    }

    private static void putIfPresent(ObjectNode node, String key, @Nullable String value) {
        if (value != null) {
            node.put(key, value);
        }
    }
}
