package dev.headwater.workflow;

/** Undoes something that a workflow has done. */
@FunctionalInterface
public interface Compensation {

    /**
     * Undoes it, through the context that it is given and no other; what it throws is tried again, for ever, with
     * growing pauses, and can be seen and skipped by people.
     */
    void run(WorkflowContext wf) throws Exception;
}
