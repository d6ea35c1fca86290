package dev.headwater;

/**
 * A request to do something, addressed to exactly one handler, which may refuse it.
 *
 * @param <R> what the handler answers; {@link Void} when it answers nothing
 */
public non-sealed interface Command<R> extends Message {}
