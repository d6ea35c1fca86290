package dev.headwater.workflow;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.aggregate.Execution;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;

/**
 * What workflow code does to the world, recorded so that it is done once. It is used by the code that it was given to,
 * on the thread that called it, and until that returns; anybody else is refused.
 *
 * <p>What is decided between two effects goes to the journal in one append, together with the events of a command:
 * either all of it has happened or nothing. An effect begins only when everything before it is recorded. A call that is
 * not the one that the journal holds stops the instance as stuck, and so does a mistake in the use of the context.
 */
public interface WorkflowContext {

    /** The instance: the same id, for ever, for the same process. */
    String id();

    /**
     * Has an aggregate of this application decide on a command, exactly once: its events and the record of the outcome
     * are one append. A decider that throws has refused; that is an outcome, and the same one after every replay.
     */
    Execution execute(Command<?> command);

    /**
     * The same, and when the command was accepted {@code undo} is executed if the workflow fails or is cancelled later,
     * again and again until it is accepted.
     */
    Execution execute(Command<?> command, Command<?> undo);

    /**
     * Sends a command to another service; its outcome comes as an event. It stands in the log with the next append,
     * from where it is delivered at least once, under one id, by which the receiver tells a repetition.
     */
    void send(Command<?> command);

    /**
     * The same, and {@code undo} is sent if the workflow fails or is cancelled later, also when no answer ever came:
     * what was sent may have been carried out. Who gets it answers with nothing when there is nothing to undo.
     */
    void send(Command<?> command, Command<?> undo);

    /** Something outside that is done and recorded under a name; see {@link Step}. */
    Step step(String name);

    /**
     * Awaits the next event of a type that belongs to this instance, or the end of the time.
     *
     * <p>Events are taken in the order of the log, each once, also those that came before the call. The end of the time
     * is a record in the log too, so an event that was in the log before it is received, never timed out.
     *
     * @param type a type that the definition {@linkplain WorkflowDefinition#awaiting awaits}, or a sealed one of
     *     several
     */
    <E extends DomainEvent> Awaited<E> await(Class<E> type, Duration atMost);

    /** Awaits an event for as long as it takes. */
    <E extends DomainEvent> E await(Class<E> type);

    /** Goes on after some time, which may be months; the instance takes no memory meanwhile. */
    void sleep(Duration time);

    /**
     * Runs branches side by side and returns their results in the order of the list. The first that fails stops the
     * others at their next call, and its failure is thrown.
     */
    <T> List<T> all(List<Branch<T>> branches);

    /** Runs branches side by side, returns what the first one to end returns, or throws, and stops the others. */
    <T> T any(List<Branch<T>> branches);

    /**
     * Starts another workflow, in the same append as the record of it, and awaits its end. When this one is cancelled
     * meanwhile, so is that one.
     */
    <I, R> Ending<R> child(WorkflowDefinition<I, R> definition, String id, I input);

    /**
     * Adds to what is undone, last first, when the workflow fails or is cancelled. It may call everything that the
     * workflow may; neither a cancellation nor the failure of another one keeps it from running to its end.
     */
    void compensateWith(String name, Compensation undo);

    /**
     * Ends the run and begins another of the same instance with a fresh part of the journal; events that wait go with
     * it.
     *
     * @return never; its type lets a workflow end with {@code return wf.continueWith(next)}
     */
    @SuppressWarnings("TypeParameterUnusedInFormals") // it never returns
    <R> R continueWith(Object input);

    /** What to throw when the process has failed in business terms. */
    WorkflowFailedException failure(String reason);

    /**
     * Which version of a piece of code this instance follows at this place: the newest when it comes here first, and
     * later the one that it came here with; {@code 1} when it was here before there was a choice. It consumes no place
     * in the journal.
     */
    int version(String change, int newest);

    /**
     * The time of what the instance was last woken by, never earlier than before, and never earlier than the end of a
     * time that it has waited for; the same in every replay.
     */
    Instant now();

    /** An id that is the same in every replay. */
    UUID uuid();

    /** Randomness that is the same in every replay. */
    RandomGenerator random();

    /** Makes something known to those who look at the instance: a value to show, or to find it by. */
    void show(String attribute, String value);

    /** A log that is silent about what was logged before the replay. */
    Logger log();
}
