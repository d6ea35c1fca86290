package dev.headwater.workflow.code;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * One line of a journal. The format is described in docs/decisions/workflow-journal.md; what a release has written,
 * every later one reads.
 *
 * <p>Positions are those of events elsewhere in the log, which the instance has taken. Timers are numbered, and no
 * number is used twice by an instance.
 */
sealed interface Entry extends DomainEvent {

    /** An entry that answers a call of the code, at its place. */
    sealed interface Answer extends Entry {
        /** The place of the call. */
        Place place();
    }

    /** The parent of a child workflow, and the call there. */
    record Parent(String workflow, String id, int run, Place place) {}

    /**
     * The instance began.
     *
     * @param version of the code
     * @param position of the event that started it; empty when it was started by call
     * @param type of that event
     * @param input what it was started with, when it was started by call
     * @param seed of its ids and randomness
     * @param time of that event, or of the call
     */
    @MessageType("$workflow.started")
    record Started(
            int version,
            OptionalLong position,
            Optional<String> type,
            Optional<JsonNode> input,
            UUID seed,
            Optional<Parent> parent,
            Instant time)
            implements Entry {}

    /**
     * A step has come to its result, or has failed in its last attempt.
     *
     * @param receipt the key of its receipt, when it was done in the database of the journal; it is needed no longer
     */
    @MessageType("$workflow.stepped")
    record Stepped(
            Place place,
            String name,
            Optional<JsonNode> result,
            Optional<Refusal> failure,
            int attempts,
            Optional<String> receipt)
            implements Answer {}

    /** What was thrown, as text. */
    record Refusal(String kind, String reason) {}

    /** An aggregate has decided on a command; its events are in the same append. */
    @MessageType("$workflow.executed")
    record Executed(Place place, String command, String stream, OptionalLong version, Optional<Refusal> refusal)
            implements Answer {}

    /** A command was sent; it stands behind this entry in the journal, or behind that of a former attempt to undo. */
    @MessageType("$workflow.sent")
    record Sent(Place place, String command, UUID id) implements Answer {}

    /**
     * The code waits: for an event of these types, for time to pass when there is none, or for a child.
     *
     * @param timer the number of the timer; empty when it waits for as long as it takes
     */
    @MessageType("$workflow.awaiting")
    record Awaiting(Place place, List<String> types, Optional<Duration> atMost, OptionalLong timer) implements Answer {
        public Awaiting {
            types = List.copyOf(types);
        }
    }

    /** An event was handed to the code; the time is its own. */
    @MessageType("$workflow.received")
    record Received(Place place, long position, String type, Instant time) implements Answer {}

    /** An event came before anybody asked for it. */
    @MessageType("$workflow.kept")
    record Kept(long position, String type) implements Entry {}

    /** A time has ended. */
    @MessageType("$workflow.timed-out")
    record TimedOut(Place place, long position, long timer, Instant time) implements Answer {}

    /** Branches began. */
    @MessageType("$workflow.forked")
    record Forked(Place place, String kind, List<String> branches) implements Answer {
        public Forked {
            branches = List.copyOf(branches);
        }
    }

    /** A branch was the first to end, where that decides. */
    @MessageType("$workflow.chose")
    record Chose(Place place, int branch) implements Answer {}

    /** A child was started, in the same append. */
    @MessageType("$workflow.child-started")
    record ChildStarted(Place place, String workflow, String id) implements Answer {}

    /** The end of a child was handed to the code. */
    @MessageType("$workflow.child-received")
    record ChildReceived(Place place, long position, Instant time) implements Answer {}

    /** The code came to a choice of versions in front of the call at this place. */
    @MessageType("$workflow.versioned")
    record Versioned(Place place, String change, int version) implements Entry {}

    /** The code showed something in front of the call at this place. */
    @MessageType("$workflow.shown")
    record Shown(Place place, Map<String, String> attributes) implements Entry {
        public Shown {
            attributes = Map.copyOf(attributes);
        }
    }

    /** An attempt has failed, and the next one follows after a pause that is a timer. */
    @MessageType("$workflow.attempt-failed")
    record AttemptFailed(Place place, String name, int attempt, Refusal failure, Duration pause, long timer)
            implements Answer {}

    /** The code has failed in business terms: from here on what was done is undone. */
    @MessageType("$workflow.failing")
    record Failing(String reason) implements Entry {}

    /** Somebody has cancelled the instance: from here on what was done is undone. */
    @MessageType("$workflow.cancelling")
    record Cancelling(long position, String by, String reason) implements Entry {}

    /** A compensation is done. */
    @MessageType("$workflow.compensated")
    record Compensated(String compensation, String name) implements Entry {}

    /** Somebody has given up a compensation. */
    @MessageType("$workflow.skipped")
    record Skipped(long position, String compensation, String name, String by, String reason) implements Entry {}

    /**
     * The run has ended and another one begins. Nothing before it is read again, so it holds what goes on.
     *
     * @param run the number of the run that begins, from 2
     * @param kept events that wait, by position
     * @param seen the last position that was taken
     * @param timers how many timers there have been
     * @param time that the code knew
     */
    @MessageType("$workflow.continued")
    record Continued(
            int run,
            int version,
            JsonNode input,
            UUID seed,
            Optional<Parent> parent,
            Map<Long, String> kept,
            long seen,
            long timers,
            Instant time)
            implements Entry {
        public Continued {
            kept = Map.copyOf(kept);
        }
    }

    /** How an instance has ended. */
    enum How {
        /** Its code returned. */
        COMPLETED,
        /** Its code has failed. */
        FAILED,
        /** Somebody has cancelled it. */
        CANCELLED
    }

    /** The instance has ended. */
    @MessageType("$workflow.ended")
    record Ended(
            How how,
            Optional<JsonNode> result,
            Optional<String> reason,
            Optional<String> by,
            List<String> compensations)
            implements Entry {
        public Ended {
            compensations = List.copyOf(compensations);
        }
    }

    /** Nobody took an event that belongs to this id. The commands that follow from it stand behind this entry. */
    @MessageType("$workflow.unclaimed")
    record Unclaimed(long position, String type, int commands) implements Entry {}

    /** Tells the parent that a child has ended; it stands in the journal of the child. */
    @MessageType("$workflow.child-ended")
    record ChildEnded(Parent parent, Ended ending) implements Entry {}
}
