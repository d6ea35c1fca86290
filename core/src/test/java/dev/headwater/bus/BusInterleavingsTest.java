package dev.headwater.bus;

import dev.headwater.Envelope;
import dev.headwater.Notification;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/** Explores the interleavings of publishing, subscribing and closing with synchronous delivery. */
class BusInterleavingsTest {

    private static final int INTERLEAVINGS = "full".equals(System.getProperty("headwater.faults")) ? 3000 : 50;
    private static final Envelope<Rang> ENVELOPE = Envelope.of(new Rang());

    private record Rang() implements Notification {}

    @Test
    void noHandlerIsInvokedAfterItsRegistrationWasClosed() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            var bus = InProcessEventBus.builder().build();
            var closed = new AtomicBoolean();
            var tooLate = new AtomicBoolean();
            var registration = bus.subscribe(Rang.class, "late", envelope -> tooLate.set(closed.get()));
            inParallel(() -> bus.publish(ENVELOPE), () -> {
                registration.close();
                closed.set(true);
            });
            require(!tooLate.get(), "a closed handler was invoked");
        });
    }

    @Test
    void whatWasAcceptedIsDeliveredBeforeTheBusIsClosed() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            var bus = InProcessEventBus.builder().build();
            var accepted = new AtomicInteger();
            var delivered = new AtomicInteger();
            var deliveredAtTheEnd = new AtomicInteger();
            bus.subscribe(Rang.class, "count", envelope -> delivered.incrementAndGet());
            inParallel(
                    () -> {
                        try {
                            bus.publish(ENVELOPE);
                            accepted.incrementAndGet();
                        } catch (IllegalStateException e) {
                            // It came after the end.
                        }
                    },
                    () -> {
                        bus.close();
                        deliveredAtTheEnd.set(delivered.get());
                    });
            require(delivered.get() == accepted.get(), "an event was accepted and not delivered, or the reverse");
            require(deliveredAtTheEnd.get() == delivered.get(), "an event was delivered after the end");
        });
    }

    @Test
    void nobodyWhoHasSubscribedIsForgotten() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            var bus = InProcessEventBus.builder().build();
            var delivered = new AtomicInteger();
            Runnable subscribing = () -> {
                bus.subscribe(Rang.class, "count", envelope -> delivered.incrementAndGet());
                bus.publish(ENVELOPE);
            };
            inParallel(subscribing, subscribing);
            int before = delivered.get();
            bus.publish(ENVELOPE);
            require(delivered.get() - before == 2, "a handler was not invoked once");
        });
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError("In an interleaving " + otherwise);
        }
    }

    private static void inParallel(Runnable one, Runnable other) {
        var first = new Thread(one);
        var second = new Thread(other);
        first.start();
        second.start();
        try {
            first.join();
            second.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
