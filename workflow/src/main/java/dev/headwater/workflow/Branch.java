package dev.headwater.workflow;

/**
 * One of several pieces of a workflow that run side by side. It has a part of the journal for itself, so it uses the
 * context that it is given, and no other.
 *
 * @param name for people, and to compare the code with the journal
 * @param code what it does
 * @param <T> what it returns
 */
public record Branch<T>(String name, Code<T> code) {

    /**
     * The code of a branch.
     *
     * @param <T> what it returns
     */
    @FunctionalInterface
    public interface Code<T> {
        /** Runs under the rules of a {@link Workflow}. */
        T run(WorkflowContext wf) throws Exception;
    }

    /** A branch. */
    public static <T> Branch<T> of(String name, Code<T> code) {
        return new Branch<>(name, code);
    }
}
