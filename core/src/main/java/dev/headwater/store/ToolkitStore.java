package dev.headwater.store;

import dev.headwater.MessageTypes;

/**
 * The event store as parts of the toolkit use it, which record what they do in the log of the application: the same
 * log, with types of their own and access to {@linkplain StreamId#isReserved reserved streams}. Applications do not
 * need it.
 */
public final class ToolkitStore {

    private ToolkitStore() {}

    /**
     * A store over the same storage, with the same clock and ids, that may append to reserved streams and knows types
     * of the toolkit besides the application's. It costs next to nothing, so it can be made for each transaction. It
     * need not be closed.
     *
     * @param builtIn made once, with {@link MessageTypes#builtIn}
     */
    public static EventStore of(EventStore store, MessageTypes builtIn) {
        return store.ofToolkit(builtIn);
    }
}
