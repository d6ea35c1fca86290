package dev.headwater.bus;

import dev.headwater.Envelope;

/**
 * A handler that did not do its work on an event.
 *
 * @param envelope the event
 * @param handler the name under which the handler was subscribed
 * @param exception what the handler threw; a {@link java.util.concurrent.CancellationException} when the bus was closed
 *     before the handler's turn came
 */
public record HandlerFailure(Envelope<?> envelope, String handler, Throwable exception) {

    /** Handler, event type, id and exception class; never the payload. */
    @Override
    public String toString() {
        return "%s failed on %s %s: %s"
                .formatted(
                        handler,
                        envelope.message().getClass().getName(),
                        envelope.id(),
                        exception.getClass().getName());
    }
}
