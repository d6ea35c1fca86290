package dev.headwater.store;

import java.time.Instant;

/**
 * The state of an aggregate after a version of its stream, kept so that loading need not start from the first event.
 *
 * <p>A snapshot is a cache: losing one costs time, never data. The state array is shared, not copied.
 *
 * @param stream the aggregate's stream
 * @param stateType the name of the kind of state; one stream may have snapshots of several kinds
 * @param stateVersion the version of the state's shape; a reader of another version ignores the snapshot
 * @param version the version of the last event that went into the state
 * @param time when the snapshot was taken
 * @param state the state as JSON in UTF-8
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose, like the payload of a message
public record Snapshot(StreamId stream, String stateType, int stateVersion, long version, Instant time, byte[] state) {}
