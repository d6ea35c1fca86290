package dev.headwater.schema.lock;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * What a lock says of one message type.
 *
 * @param retired whether the class is gone on purpose, and nothing stored under the name has to be read any more
 * @param versions the schema of every version there has been; never empty
 */
record LockedType(boolean retired, SortedMap<Integer, JsonNode> versions) {

    LockedType {
        versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
    }

    int latest() {
        return versions.lastKey();
    }

    JsonNode latestSchema() {
        return versions.sequencedValues().getLast();
    }

    LockedType with(int version, JsonNode schema) {
        var extended = new TreeMap<>(versions);
        extended.put(version, schema);
        return new LockedType(retired, extended);
    }
}
