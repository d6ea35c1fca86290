package dev.headwater.workflow;

/**
 * The process has failed in business terms; thrown out of a workflow it undoes what was done. Anything else that a
 * workflow throws is taken for a mistake in its code, and undoes nothing.
 */
public class WorkflowFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates the failure with its reason. */
    public WorkflowFailedException(String reason) {
        super(reason);
    }
}
