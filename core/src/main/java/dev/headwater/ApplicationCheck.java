package dev.headwater;

import java.util.List;

/** Lets pass what is of the toolkit's own types, of which the check of an application knows nothing. */
record ApplicationCheck(PayloadCheck check) implements PayloadCheck {

    @Override
    public List<String> beforeWriting(String type, int schemaVersion, Payload payload) {
        return MessageTypes.isBuiltIn(type) ? List.of() : check.beforeWriting(type, schemaVersion, payload);
    }

    @Override
    public List<String> afterReading(String type, int schemaVersion, Payload payload) {
        return MessageTypes.isBuiltIn(type) ? List.of() : check.afterReading(type, schemaVersion, payload);
    }
}
