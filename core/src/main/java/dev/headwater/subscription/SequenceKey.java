package dev.headwater.subscription;

import dev.headwater.store.StoredEvent;

/**
 * Says what events are kept in order with one another: those of the same key.
 *
 * <p>The key of an event must never change. It should depend on the event's place and tags rather than on its payload:
 * when the function throws, as for a payload that cannot be decoded, the name of the stream is the key.
 */
@FunctionalInterface
public interface SequenceKey {

    /** The key of an event. */
    String of(StoredEvent event);

    /** Order is kept in each stream; the usual choice. */
    static SequenceKey stream() {
        return event -> event.stream().name();
    }

    /** No order is needed: every event is a sequence of its own. */
    static SequenceKey none() {
        return event -> event.id().toString();
    }
}
