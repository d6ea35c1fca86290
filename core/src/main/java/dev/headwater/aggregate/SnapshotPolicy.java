package dev.headwater.aggregate;

import java.time.Duration;

/**
 * Decides after a save whether a snapshot is taken; policies are combined with {@link #or} and {@link #and}.
 * Thread-safe.
 */
@FunctionalInterface
public interface SnapshotPolicy {

    /**
     * What is known after events of an aggregate were saved.
     *
     * @param versionBefore the version before the save
     * @param versionAfter the version after it
     * @param replayedEvents how many events were replayed when the aggregate was loaded
     * @param replayTime how long loading took
     */
    record Progress(long versionBefore, long versionAfter, long replayedEvents, Duration replayTime) {}

    /** Whether a snapshot should be taken now. */
    boolean isDue(Progress progress);

    /**
     * A snapshot whenever the version reaches or crosses a multiple of {@code events}, however many events one save
     * appends.
     */
    static SnapshotPolicy every(int events) {
        if (events < 1) {
            throw new IllegalArgumentException("A snapshot every " + events + " events: expected 1 or more");
        }
        return progress -> progress.versionAfter() / events > progress.versionBefore() / events;
    }

    /** A snapshot when loading took at least this long. */
    static SnapshotPolicy whenReplayTakes(Duration atLeast) {
        return progress -> progress.replayTime().compareTo(atLeast) >= 0;
    }

    /** A snapshot when this policy or the other one says so. */
    default SnapshotPolicy or(SnapshotPolicy other) {
        return progress -> isDue(progress) || other.isDue(progress);
    }

    /** A snapshot when this policy and the other one say so. */
    default SnapshotPolicy and(SnapshotPolicy other) {
        return progress -> isDue(progress) && other.isDue(progress);
    }
}
