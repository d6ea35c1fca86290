package dev.headwater.store;

import java.time.Instant;
import java.util.UUID;

/**
 * The state of an aggregate after a version of its stream, kept so that loading need not start from the first event.
 *
 * <p>A snapshot is a cache: losing one costs time, never data. It is of use only as long as its stream holds
 * {@code lastEvent} at {@code version}; one of a stream that has never had that event, or has lost it in a restore, is
 * ignored. The state array is shared, not copied.
 *
 * @param stream the aggregate's stream
 * @param stateType the name of the kind of state; one stream may have snapshots of several kinds
 * @param stateVersion the version of the state's shape; a reader of another version ignores the snapshot
 * @param version the version of the last event that went into the state
 * @param lastEvent the id of that event
 * @param time when the snapshot was taken
 * @param state the state as JSON in UTF-8
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose, like the payload of a message
public record Snapshot(
        StreamId stream,
        String stateType,
        int stateVersion,
        long version,
        UUID lastEvent,
        Instant time,
        byte[] state) {}
