package dev.headwater.subscription;

import dev.headwater.store.StoredEvent;

/** A {@link Reactor} that does not repeat those of its effects that are done when an event comes again. */
@FunctionalInterface
public interface RecordingReactor {

    /**
     * Reacts to one event; called by several threads at once for events of different {@linkplain SequenceKey keys}, and
     * one after the other, in position order, for those of one key. If it throws, the same event comes again.
     *
     * @param effects what is done of the event already
     */
    void react(StoredEvent event, Effects effects) throws Exception;
}
