package dev.headwater.subscription;

import dev.headwater.failure.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Is told what the subscriptions of a process do, as for metrics. Every method does nothing unless it is overridden.
 *
 * <p>Called by the threads that do the work, for several subscriptions at once and for a reactor from many threads: it
 * must be thread-safe, and return at once, since the work waits for it. What it throws is logged and ignored. Nothing
 * is told twice, and what was told is not remembered: after a crash it may not have been told at all.
 */
public interface SubscriptionListener {

    /**
     * A call of the handler has returned; what it did counts once it is {@linkplain #committed committed}.
     *
     * @param events how many events it was handed, of which none may be left after upcasting
     * @param took how long the call took
     */
    default void handled(String subscription, int events, Duration took) {}

    /**
     * It could not go on, or a key of a reactor could not, and it is tried again; as often as
     * {@link SubscriptionStatus#failures} grows.
     */
    default void failed(String subscription, Throwable failure) {}

    /**
     * It is stored that an event is a dead letter, or is one again after another attempt.
     *
     * @param position the event
     * @param state what happens next
     * @param failure why; empty for one that only waits behind another one of its key
     */
    default void parked(String subscription, long position, DeadLetter.State state, Optional<Failure> failure) {}

    /**
     * It is stored that an event is a dead letter no longer, since it was handled or was discarded.
     *
     * @param position the event
     */
    default void settled(String subscription, long position) {}

    /** From now on this instance handles these segments. */
    default void gained(String subscription, Set<Integer> segments) {}

    /** This instance handles these segments no longer: others have them, or may claim them. */
    default void lost(String subscription, Set<Integer> segments) {}

    /**
     * What was handled is stored, with the checkpoints.
     *
     * @param position the furthest position to which a checkpoint has moved
     */
    default void committed(String subscription, long position) {}
}
