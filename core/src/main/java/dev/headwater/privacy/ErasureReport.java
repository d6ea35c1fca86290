package dev.headwater.privacy;

import dev.headwater.store.StreamId;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What forgetting a subject touched, or would touch.
 *
 * @param subject who
 * @param key whether there was a key; false when the subject was not known or had been forgotten before
 * @param eventsByType how many events hold encrypted data about the subject, by the name of the type they are stored
 *     under
 * @param streams the streams of these events, by name
 * @param firstPosition the position of the first of these events; empty when there is none
 * @param lastPosition the position of the last of these events
 * @param snapshots how many snapshots of these streams there were; forgetting deletes them
 * @param deadLetters how many dead letters of these streams told why their handler failed; forgetting replaces the text
 */
public record ErasureReport(
        String subject,
        boolean key,
        SortedMap<String, Long> eventsByType,
        SortedSet<StreamId> streams,
        OptionalLong firstPosition,
        OptionalLong lastPosition,
        long snapshots,
        long deadLetters) {

    /** How many events hold encrypted data about the subject. */
    public long events() {
        return eventsByType.values().stream().mapToLong(Long::longValue).sum();
    }
}
