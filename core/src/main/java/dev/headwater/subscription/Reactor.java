package dev.headwater.subscription;

import dev.headwater.store.StoredEvent;

/**
 * Causes an effect outside of the store's database for every event, at least once.
 *
 * <p>After a crash between the effect and the checkpoint the same event comes again, so an effect that must not be
 * repeated is deduplicated by {@link StoredEvent#id()}, or recorded by a {@link RecordingReactor}.
 */
@FunctionalInterface
public interface Reactor {

    /**
     * Reacts to one event; called by several threads at once for events of different {@linkplain SequenceKey keys}, and
     * one after the other, in position order, for those of one key. If it throws, the same event comes again.
     */
    void react(StoredEvent event) throws Exception;
}
