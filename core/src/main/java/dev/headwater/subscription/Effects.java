package dev.headwater.subscription;

/**
 * The effects of one event in one subscription, for a reactor that must not repeat what is done.
 *
 * <p>An effect is recorded as done right after it, in a transaction of its own, and the record stays until the event is
 * done with all of its effects. So when the event comes again, since a later effect failed or the process died, what is
 * recorded is not repeated, on whichever instance. An effect whose record was lost in a crash is repeated, and one that
 * is under way on an instance that was taken for dead may happen twice, both with the same key: where even that would
 * harm, hand the key to a service that deduplicates by it.
 *
 * <p>Used while the reactor is called, by the thread that calls it; each event has effects of its own.
 */
public interface Effects {

    /** Something that is done elsewhere. */
    @FunctionalInterface
    interface Effect {
        /**
         * Does it.
         *
         * @param key identifies this effect of this event in this subscription, the same at every attempt
         */
        void cause(String key) throws Exception;
    }

    /** Identifies the event in this subscription, the same whenever it comes; the keys of effects begin with it. */
    String key();

    /**
     * Causes an effect unless it is recorded as done, and records it.
     *
     * @param name tells the effects of the event apart, 1 to 200 characters, the same at every attempt
     * @throws Exception what the effect threw; it counts as not done
     */
    void once(String name, Effect effect) throws Exception;
}
