package dev.headwater.schema;

import tools.jackson.databind.node.ObjectNode;

/**
 * What the JSON of a message type looks like at one schema version.
 *
 * @param type the name of the message type
 * @param version its schema version, from 1
 * @param schema a JSON Schema of draft 2020-12; do not change it
 */
public record MessageSchema(String type, int version, ObjectNode schema) {}
