package dev.headwater.workflow;

/**
 * A process written as code: it calls steps, awaits events and lets time pass, and goes on where it was after a crash.
 *
 * <p>The code runs again from its beginning whenever something happens to the process, and every call of the context is
 * answered from the journal as far as that reaches. So it must make the same calls in the same order: time, randomness
 * and everything outside come through the context. Where it has to wait, the call ends with an {@link Error} that the
 * code lets pass; its {@code finally} blocks run then, and calls of the context in them throw that again. One instance
 * runs on one thread at a time.
 *
 * @param <I> what it is started with
 * @param <R> what it ends with
 */
@FunctionalInterface
public interface Workflow<I, R> {

    /**
     * Runs the process to its end.
     *
     * @throws WorkflowFailedException when the process has failed: what was done is undone
     * @throws Exception anything else is taken for a mistake in the code, or for something that is away: the instance
     *     stops as <em>stuck</em>, nothing is undone, and it goes on after a retry or with mended code
     */
    R run(WorkflowContext wf, I input) throws Exception;
}
