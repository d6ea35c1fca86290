package dev.headwater;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a message comes from: the conversation it belongs to, the message that caused it, and on whose behalf it was
 * sent.
 *
 * @param correlationId the first message of the conversation; null in that first message itself
 * @param causationId the message whose handler sent this one; null when no handler did
 * @param user on whose behalf, as the application names users
 * @param tenant for which tenant
 * @param traceParent the W3C trace parent of the span that sent the message
 * @param attributes anything else, as text, under keys that no component of this record has taken
 * @see <a href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a>
 */
public record Metadata(
        @Nullable UUID correlationId,
        @Nullable UUID causationId,
        @Nullable String user,
        @Nullable String tenant,
        @Nullable String traceParent,
        Map<String, String> attributes) {

    private static final List<String> RESERVED = List.of("user", "tenant", "traceparent");

    /** No metadata: the message starts a conversation of its own. */
    public static final Metadata NONE = new Metadata(null, null, null, null, null, Map.of());

    /** Copies the attributes and refuses those that hide a component of this record. */
    public Metadata {
        attributes = Map.copyOf(attributes);
        for (String taken : RESERVED) {
            if (attributes.containsKey(taken)) {
                throw new IllegalArgumentException("The metadata attribute '" + taken
                        + "' has a component of its own in Metadata: set that one instead");
            }
        }
    }

    /** How much text it holds, in characters; the two ids are not counted. */
    public int length() {
        int length = length(user) + length(tenant) + length(traceParent);
        for (var attribute : attributes.entrySet()) {
            length += attribute.getKey().length() + attribute.getValue().length();
        }
        return length;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /** The same metadata on behalf of a user. */
    public Metadata withUser(@Nullable String newUser) {
        return new Metadata(correlationId, causationId, newUser, tenant, traceParent, attributes);
    }

    /** The same metadata for a tenant. */
    public Metadata withTenant(@Nullable String newTenant) {
        return new Metadata(correlationId, causationId, user, newTenant, traceParent, attributes);
    }

    /** The same metadata within a W3C trace. */
    public Metadata withTraceParent(@Nullable String newTraceParent) {
        return new Metadata(correlationId, causationId, user, tenant, newTraceParent, attributes);
    }

    /** The same metadata with one attribute more, or another value for it. */
    public Metadata with(String key, String value) {
        var extended = new HashMap<>(attributes);
        extended.put(key, value);
        return new Metadata(correlationId, causationId, user, tenant, traceParent, extended);
    }

    /**
     * What a message sent while {@code cause} is handled carries: its conversation, its id as cause, user, tenant and
     * trace.
     */
    public static Metadata causedBy(Envelope<?> cause) {
        return causedBy(cause.id(), cause.metadata());
    }

    /**
     * What a message sent while {@code cause} is handled carries: its conversation, its id as cause, user, tenant and
     * trace.
     */
    public static Metadata causedBy(EncodedMessage cause) {
        return causedBy(cause.id(), cause.metadata());
    }

    private static Metadata causedBy(UUID id, Metadata parent) {
        var conversation = parent.correlationId() == null ? id : parent.correlationId();
        return new Metadata(
                conversation, id, parent.user(), parent.tenant(), parent.traceParent(), parent.attributes());
    }
}
