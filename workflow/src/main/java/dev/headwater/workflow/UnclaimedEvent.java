package dev.headwater.workflow;

import java.time.Instant;

/**
 * An event that belongs to a process and was taken by no instance of it.
 *
 * @param process the process
 * @param id the instance that it would have belonged to
 * @param position its place in the log
 * @param type the registered name of its type
 * @param reason why nobody took it
 * @param answered whether commands were sent because of it
 * @param time when that was found, by the clock of the storage
 */
public record UnclaimedEvent(
        String process, String id, long position, String type, Reason reason, boolean answered, Instant time) {

    /** Why nobody took an event. */
    public enum Reason {
        /** There was no such instance: it had not begun, or its row was removed since. */
        NO_INSTANCE,
        /** The instance had begun before, and an event that begins it came again. */
        BEGUN_BEFORE,
        /** The instance had ended. */
        ENDED
    }
}
