package dev.headwater.bus;

import dev.headwater.Envelope;
import dev.headwater.Message;

/**
 * Takes events and notifications to every handler that subscribed to their type.
 *
 * <p>Subscribing to a type delivers all its subtypes, so a sealed interface stands for all events that it permits. One
 * failing handler does not keep an event from the others, and its failure never reaches the publisher. When and on
 * which thread handlers run, and which order they see, is for the implementation to say. Thread-safe.
 */
public interface EventBus extends AutoCloseable {

    /**
     * Publishes an event that happens now; within a handler it continues the conversation of the event being handled.
     *
     * @throws IllegalArgumentException when the message is a command
     * @throws IllegalStateException when the bus is closed
     */
    default void publish(Message message) {
        publish(Envelope.of(message));
    }

    /**
     * Publishes an event to the handlers that are subscribed by now.
     *
     * @throws IllegalArgumentException when the message is a command
     * @throws IllegalStateException when the bus is closed
     */
    void publish(Envelope<?> envelope);

    /**
     * Subscribes a handler under the name of its class; prefer to {@linkplain #subscribe(Class, String, MessageHandler)
     * name} lambdas, whose class names say little in an error report.
     */
    default <M extends Message> Registration subscribe(Class<M> type, MessageHandler<? super M> handler) {
        return subscribe(type, handler.getClass().getName(), handler);
    }

    /**
     * Subscribes a handler to a type of events and all its subtypes.
     *
     * <p>A handler that is subscribed twice, or to overlapping types, gets an event once per subscription.
     *
     * @param name how error reports call the handler; need not be unique
     * @return what ends the subscription
     * @throws IllegalArgumentException when the type is one of commands
     * @throws IllegalStateException when the bus is closed
     */
    <M extends Message> Registration subscribe(Class<M> type, String name, MessageHandler<? super M> handler);

    /** Refuses further events and returns when those accepted are delivered. */
    @Override
    void close();
}
