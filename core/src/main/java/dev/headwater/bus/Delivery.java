package dev.headwater.bus;

import dev.headwater.Envelope;
import java.util.List;

/** How the events of one bus get to its handlers. */
sealed interface Delivery permits SynchronousDelivery, AsynchronousDelivery {

    /** Delivers an event to handlers, or accepts it for later; when this throws, none of them gets it. */
    void deliver(Envelope<?> envelope, List<RegisteredHandler> handlers);

    /** Whether this thread runs a handler of this bus: then it must not wait for handlers, one could be itself. */
    boolean onHandlerThread();

    /** Drops what waits for a handler that has been closed. */
    void discard(RegisteredHandler closed);

    /** Refuses what comes from outside; true when everything accepted was delivered in time. */
    boolean close(long nanos);

    /** What a publisher is told after {@link #close}. */
    static IllegalStateException closed() {
        return new IllegalStateException("The event bus is closed and delivers nothing that was published later:"
                + " close it only after its publishers have stopped");
    }
}
