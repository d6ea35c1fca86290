package dev.headwater.bus;

/** A handler's, or a whole registry's, connection to a bus; closing it ends the connection. Thread-safe. */
public interface Registration extends AutoCloseable {

    /**
     * Stops the handler: after this method returned it is not invoked any more, and events that waited for it are
     * dropped.
     *
     * <p>Invocations that are under way are waited for, so do not close while holding a lock that the handler needs.
     * Two cases do not wait for them: a call from within a handler of the same bus, because it could wait for itself,
     * and a call by a thread that is interrupted, which keeps its interrupt flag. Closing again does nothing more.
     */
    @Override
    void close();
}
