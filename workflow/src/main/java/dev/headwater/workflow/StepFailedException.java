package dev.headwater.workflow;

/**
 * A step has failed in its last attempt. It is made from the journal, so it holds text, never the original exception.
 */
public final class StepFailedException extends WorkflowFailedException {

    private static final long serialVersionUID = 1L;

    private final String step;
    private final String kind;

    /** Creates the failure of a step. */
    public StepFailedException(String step, String kind, String message) {
        super("The step '" + step + "' failed: " + kind + ": " + message);
        this.step = step;
        this.kind = kind;
    }

    /** The name of the step. */
    public String step() {
        return step;
    }

    /** The simple name of what its last attempt threw. */
    public String kind() {
        return kind;
    }
}
