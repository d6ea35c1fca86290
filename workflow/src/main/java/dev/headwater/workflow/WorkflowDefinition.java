package dev.headwater.workflow;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.store.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A workflow with its name, what starts it and what it may await. Immutable; each call returns another one.
 *
 * @param <I> what it is started with
 * @param <R> what it ends with
 */
public final class WorkflowDefinition<I, R> {

    private final String name;
    private final int version;
    private final Class<I> input;
    private final Class<R> result;
    private final Workflow<I, R> code;
    private final List<Starter<?, I>> starters;
    private final List<Correlation<?>> correlations;
    private final Optional<Unclaimed> unclaimed;

    private WorkflowDefinition(
            WorkflowDefinition<I, R> same,
            List<Starter<?, I>> starters,
            List<Correlation<?>> correlations,
            Optional<Unclaimed> unclaimed) {
        this.name = same.name;
        this.version = same.version;
        this.input = same.input;
        this.result = same.result;
        this.code = same.code;
        this.starters = List.copyOf(starters);
        this.correlations = List.copyOf(correlations);
        this.unclaimed = unclaimed;
    }

    private WorkflowDefinition(String name, int version, Class<I> input, Class<R> result, Workflow<I, R> code) {
        this.name = name;
        this.version = version;
        this.input = input;
        this.result = result;
        this.code = code;
        this.starters = List.of();
        this.correlations = List.of();
        this.unclaimed = Optional.empty();
    }

    /**
     * An event that starts an instance.
     *
     * @param type its type, or a sealed one
     * @param id gives the instance that it starts
     * @param input gives what that is started with
     * @param <E> its type
     * @param <I> what the workflow is started with
     */
    public record Starter<E extends DomainEvent, I>(
            Class<E> type, Function<? super E, String> id, Function<? super E, I> input) {}

    /**
     * An event that may be awaited.
     *
     * @param type its type, or a sealed one
     * @param id gives the instance that it belongs to
     * @param <E> its type
     */
    public record Correlation<E extends DomainEvent>(Class<E> type, Function<? super E, String> id) {}

    /** Handles events that nobody has taken. */
    @FunctionalInterface
    public interface Unclaimed {
        /** Gives the commands to be sent because of an event that belongs to the instance of this id. */
        List<? extends Command<?>> handle(DomainEvent event, String id);
    }

    /**
     * A workflow.
     *
     * @param name identifies it for ever, and holds no dash; the instance {@code 4711} has its journal in the stream
     *     {@code $name-4711}
     * @param version of the code, from 1; instances keep theirs, so a former version stays registered until none is
     *     left
     */
    public static <I, R> WorkflowDefinition<I, R> of(
            String name, int version, Class<I> input, Class<R> result, Workflow<I, R> code) {
        if (name.isBlank() || name.indexOf('-') >= 0) {
            throw new IllegalArgumentException("The workflow name '" + name
                    + "' must not be blank nor hold a dash: journals are streams '$name-id'");
        }
        if (version < 1) {
            throw new IllegalArgumentException(
                    "The workflow '" + name + "' has the version " + version + ": versions count from 1");
        }
        return new WorkflowDefinition<>(name, version, input, result, code);
    }

    /** Started by the first event of a type for an id; further ones for the same id belong to the running instance. */
    public <E extends DomainEvent> WorkflowDefinition<I, R> startedBy(
            Class<E> type, Function<? super E, String> id, Function<? super E, I> input) {
        var more = new ArrayList<>(starters);
        more.add(new Starter<>(type, id, input));
        return new WorkflowDefinition<>(this, more, correlations, unclaimed);
    }

    /**
     * May await events of a type, and of all that it permits if it is sealed. An event belongs to the one instance
     * whose id the function gives, from that instance's start on.
     */
    public <E extends DomainEvent> WorkflowDefinition<I, R> awaiting(Class<E> type, Function<? super E, String> id) {
        var more = new ArrayList<>(correlations);
        more.add(new Correlation<>(type, id));
        return new WorkflowDefinition<>(this, starters, more, unclaimed);
    }

    /**
     * What to do with an event that belongs to nobody: its instance has ended without taking it, or never was. The
     * commands are recorded together with the fact that nobody took it, so they are sent once. Without, such events are
     * only recorded.
     */
    public WorkflowDefinition<I, R> unclaimed(Unclaimed handler) {
        return new WorkflowDefinition<>(this, starters, correlations, Optional.of(handler));
    }

    /** What identifies the workflow. */
    public String name() {
        return name;
    }

    /** The version of the code. */
    public int version() {
        return version;
    }

    /** What it is started with. */
    public Class<I> input() {
        return input;
    }

    /** What it ends with. */
    public Class<R> result() {
        return result;
    }

    /** The code. */
    public Workflow<I, R> code() {
        return code;
    }

    /** The events that start an instance. */
    public List<Starter<?, I>> starters() {
        return starters;
    }

    /** The events that may be awaited. */
    public List<Correlation<?>> correlations() {
        return correlations;
    }

    /** What is done with events that nobody takes. */
    public Optional<Unclaimed> unclaimed() {
        return unclaimed;
    }

    /** The stream that holds the journal of an instance. */
    public StreamId journal(String id) {
        return StreamId.of("$" + name, id);
    }

    /** Names the workflow and its version. */
    @Override
    public String toString() {
        return name + " version " + version;
    }
}
