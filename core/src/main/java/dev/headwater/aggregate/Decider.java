package dev.headwater.aggregate;

import dev.headwater.DomainEvent;
import java.util.List;

/**
 * An aggregate as three pure functions: where it begins, what a command leads to, and how an event changes it.
 *
 * <p>Nothing here knows of storage, so a decider is tested by calling it. Implementations are stateless and
 * thread-safe.
 *
 * @param <C> the commands it decides on, best a sealed interface
 * @param <S> its state, best an immutable record
 * @param <E> its events, best a sealed interface
 * @see <a href="https://thinkbeforecoding.com/post/2021/12/17/functional-event-sourcing-decider">Jérémie Chassaing,
 *     Functional Event Sourcing Decider</a>
 */
public interface Decider<C, S, E extends DomainEvent> {

    /** The state before the first event. */
    S initial();

    /**
     * What happens when a command meets a state: the events, none when there is nothing to do.
     *
     * <p>It may be called again with a newer state when another writer was first, so it has no effects of its own. It
     * refuses a command by throwing an exception of the application's choice, which reaches the caller as it is.
     */
    List<E> decide(C command, S state);

    /** The state after an event; it never refuses one, since events have happened. */
    S evolve(S state, E event);
}
