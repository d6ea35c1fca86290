package dev.headwater.store;

import java.util.Map;

/**
 * Where an accepted append stands in the log.
 *
 * @param firstPosition the position of its first event
 * @param lastPosition the position of its last event; the positions in between are all its own
 * @param versions for each stream of the append the version of its last event in it
 */
public record AppendResult(long firstPosition, long lastPosition, Map<StreamId, Long> versions) {

    /** Copies the versions. */
    public AppendResult {
        versions = Map.copyOf(versions);
    }

    /** The version of the last event appended to a stream; fails when the append has no such stream. */
    public long version(StreamId stream) {
        var version = versions.get(stream);
        if (version == null) {
            throw new IllegalArgumentException(
                    "The append wrote to " + versions.keySet() + ", not to '" + stream + "'");
        }
        return version;
    }
}
