package dev.headwater.bus;

import dev.headwater.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Handlers that belong together and are subscribed together.
 *
 * <pre>{@code
 * Registration registration = new HandlerRegistry()
 *         .add(OrderPlaced.class, "confirmation mail", envelope -> mails.confirm(envelope.message()))
 *         .addMethodsOf(new SalesFigures())
 *         .subscribeTo(bus);
 * }</pre>
 *
 * <p>Not thread-safe: fill it where the application is wired.
 */
public final class HandlerRegistry {

    private final List<Entry<?>> entries = new ArrayList<>();

    /** Creates an empty registry. */
    public HandlerRegistry() {}

    /** Adds a handler under the name of its class; see {@link #add(Class, String, MessageHandler)}. */
    public <M extends Message> HandlerRegistry add(Class<M> type, MessageHandler<? super M> handler) {
        return add(type, handler.getClass().getName(), handler);
    }

    /** Adds a handler for a type and all its subtypes, under the name that error reports call it. */
    public <M extends Message> HandlerRegistry add(Class<M> type, String name, MessageHandler<? super M> handler) {
        entries.add(new Entry<>(type, name, handler));
        return this;
    }

    /**
     * Adds the methods of an object that carry {@link Handles}, its own and inherited ones, in alphabetical order.
     *
     * <p>A method is named after its class, itself and its parameter. A method that is overridden counts as the
     * overriding one, which needs the annotation itself.
     *
     * @throws IllegalArgumentException when there is no such method, or one that cannot be a handler; nothing is added,
     *     and the message names every culprit
     */
    public HandlerRegistry addMethodsOf(Object object) {
        entries.addAll(HandlerMethods.of(object));
        return this;
    }

    /**
     * Subscribes every handler, in the order in which they were added, or none when one is refused.
     *
     * @return what ends all these subscriptions; handlers added to the registry later are not part of it
     */
    public Registration subscribeTo(EventBus bus) {
        var registrations = new ArrayList<Registration>();
        try {
            for (var entry : entries) {
                registrations.add(entry.subscribeTo(bus));
            }
        } catch (RuntimeException e) {
            registrations.forEach(Registration::close);
            throw e;
        }
        return () -> registrations.forEach(Registration::close);
    }

    record Entry<M extends Message>(Class<M> type, String name, MessageHandler<? super M> handler) {

        Entry {
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(handler, "handler");
        }

        Registration subscribeTo(EventBus bus) {
            return bus.subscribe(type, name, handler);
        }
    }
}
