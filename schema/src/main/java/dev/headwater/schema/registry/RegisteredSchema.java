package dev.headwater.schema.registry;

import dev.headwater.schema.MessageSchema;
import java.time.Instant;

/**
 * A schema in the registry.
 *
 * @param schema the schema with its type and version; it never changes
 * @param author who registered it
 * @param time when it was registered, to the microsecond
 * @param state how far it is in its life
 */
public record RegisteredSchema(MessageSchema schema, String author, Instant time, SchemaState state) {

    /** The name of the message type. */
    public String type() {
        return schema.type();
    }

    /** The schema version. */
    public int version() {
        return schema.version();
    }
}
