package dev.headwater.workflow;

/**
 * What became of waiting for an event: a closed choice.
 *
 * @param <E> the type that was awaited, best a sealed one
 */
public sealed interface Awaited<E> {

    /**
     * The event came.
     *
     * @param event the event
     * @param <E> the type that was awaited
     */
    record Received<E>(E event) implements Awaited<E> {}

    /**
     * The time ended first.
     *
     * @param <E> the type that was awaited
     */
    record TimedOut<E>() implements Awaited<E> {}
}
