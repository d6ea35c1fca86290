package dev.headwater.workflow.code;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.store.StreamId;

/**
 * What is said of an instance outside of its journal, to which only its own turns write: what people want of it, and
 * that it is stuck. It stands in a stream of its own.
 */
sealed interface Remarks extends DomainEvent {

    /** The category of the streams in which remarks stand. */
    String CATEGORY = "$remarks";

    /** The name of the workflow. */
    String workflow();

    /** The instance. */
    String id();

    /** What people want of an instance; it comes to the instance in the order of the log. */
    sealed interface Wish extends Remarks {}

    /** The instance is to stop and to undo. */
    @MessageType("$workflow.cancel-requested")
    record CancelRequested(String workflow, String id, String by, String reason) implements Wish {}

    /** A compensation is given up. */
    @MessageType("$workflow.skip-requested")
    record SkipRequested(String workflow, String id, String compensation, String by, String reason) implements Wish {}

    /** The code of the instance cannot go on; nothing of that is in its journal. */
    @MessageType("$workflow.stuck")
    record Stuck(String workflow, String id, String problem) implements Remarks {}

    /** An instance that was stuck has gone on. */
    @MessageType("$workflow.resumed")
    record Resumed(String workflow, String id) implements Remarks {}

    /** Where the remarks on the instances of a workflow stand. */
    static StreamId stream(String workflow) {
        return StreamId.of(CATEGORY, workflow);
    }
}
