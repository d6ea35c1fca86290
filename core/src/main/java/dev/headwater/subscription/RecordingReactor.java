package dev.headwater.subscription;

import dev.headwater.store.StoredEvent;

/** A {@link Reactor} that does not repeat those of its effects that are done when an event comes again. */
@FunctionalInterface
public interface RecordingReactor {

    /**
     * Reacts to one event; called by one thread at a time, in position order. If it throws, the same event comes again.
     *
     * @param effects what is done of the event already
     */
    void react(StoredEvent event, Effects effects) throws Exception;
}
