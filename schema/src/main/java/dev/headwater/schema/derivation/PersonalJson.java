package dev.headwater.schema.derivation;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What {@linkplain dev.headwater.privacy.PersonalDataModule personal data} looks like in a payload. */
final class PersonalJson {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private PersonalJson() {}

    /** An object that names the person and holds what is encrypted, or that it is forgotten. */
    static ObjectNode schema() {
        var forgotten = MAPPER.createObjectNode().put("const", true);
        var schema = MAPPER.createObjectNode();
        schema.putArray("oneOf").add(object("encrypted", text())).add(object("forgotten", forgotten));
        return schema;
    }

    private static ObjectNode object(String field, ObjectNode schema) {
        var object = MAPPER.createObjectNode().put("type", "object");
        object.putObject("properties").set("subject", text()).set(field, schema);
        object.putArray("required").add("subject").add(field);
        return object;
    }

    private static ObjectNode text() {
        return MAPPER.createObjectNode().put("type", "string");
    }
}
