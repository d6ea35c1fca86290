package dev.headwater.subscription;

import dev.headwater.store.StoredEvent;

/**
 * Says what events are kept in order with one another: those of the same key. Events of different keys are handled side
 * by side, so the function is called by several threads and instances, and is thread-safe.
 *
 * <p>The key of an event must never change, and be the same on every instance, whatever version of the code that runs.
 * It should depend on the event's place and tags rather than on its payload. When the function throws, nobody can tell
 * whose event it is: it is never guessed, the subscription waits, and its status says why. A key that cannot be kept,
 * such as null, an empty one, one of more than 1,000 characters or one that is no valid text, costs its own event,
 * which becomes a dead letter.
 */
@FunctionalInterface
public interface SequenceKey {

    /** The key of an event: 1 to 1,000 characters. */
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
