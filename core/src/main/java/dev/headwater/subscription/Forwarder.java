package dev.headwater.subscription;

import dev.headwater.store.StoredEvent;
import java.util.List;

/**
 * Hands pages of events on to somebody who keeps them, such as a message broker, outside of any transaction and at
 * least once.
 *
 * <p>The checkpoint moves when a page was handed on. After a crash between the two the page comes again, perhaps cut in
 * other places, so whoever gets the events recognises repetitions.
 */
@FunctionalInterface
public interface Forwarder {

    /**
     * Hands on a page of events; called by one thread at a time, in position order, also when it comes again. If it
     * throws, the same events come again, in smaller pages until the one is found that cannot be handed on. That one
     * becomes a dead letter, and so does every later event of its {@linkplain SequenceKey key}.
     *
     * @param events at least one event
     */
    void forward(List<StoredEvent> events) throws Exception;
}
