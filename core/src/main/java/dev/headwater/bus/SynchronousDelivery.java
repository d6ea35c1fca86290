package dev.headwater.bus;

import dev.headwater.Envelope;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Delivers on the publisher's thread.
 *
 * <p>What a handler publishes is delivered on the same thread too, but after the event being handled has reached all
 * its handlers: otherwise the handlers behind would see the effect before its cause, and a chain of events would grow
 * the stack.
 */
final class SynchronousDelivery implements Delivery {

    private final Gate publishers = new Gate();

    /**
     * What the handlers running on this thread have published; null when none is running. Each bus has its own, and no
     * value outlasts a call.
     */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable Queue<Publication>> followUps = new ThreadLocal<>();

    @Override
    public void deliver(Envelope<?> envelope, List<RegisteredHandler> handlers) {
        var publication = new Publication(envelope, handlers);
        var waiting = followUps.get();
        if (waiting != null) {
            waiting.add(publication);
        } else if (publishers.enter()) {
            deliverWithFollowUps(publication);
        } else {
            throw Delivery.closed();
        }
    }

    private void deliverWithFollowUps(Publication first) {
        var waiting = new ArrayDeque<Publication>(1);
        followUps.set(waiting);
        try {
            for (var next = first; next != null; next = waiting.poll()) {
                next.deliver();
            }
        } finally {
            followUps.remove();
            publishers.leave();
        }
    }

    @Override
    public boolean onHandlerThread() {
        return followUps.get() != null;
    }

    @Override
    public void discard(RegisteredHandler closed) {}

    @Override
    public boolean close(long nanos) {
        publishers.close();
        return !onHandlerThread() && publishers.awaitEmpty(nanos);
    }

    private record Publication(Envelope<?> envelope, List<RegisteredHandler> handlers) {

        void deliver() {
            for (var handler : handlers) {
                handler.invoke(envelope);
            }
        }
    }
}
