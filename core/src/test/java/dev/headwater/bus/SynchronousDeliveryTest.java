package dev.headwater.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.Message;
import dev.headwater.bus.TestMessages.OrderEvent;
import dev.headwater.bus.TestMessages.OrderPlaced;
import dev.headwater.bus.TestMessages.OrderShipped;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SynchronousDeliveryTest extends EventBusContract {

    @Override
    InProcessEventBus.Builder builder() {
        return InProcessEventBus.builder();
    }

    @Test
    void handlersRunOnThePublishersThreadInTheOrderOfSubscription() {
        var bus = builder().build();
        var calls = new ArrayList<String>();
        var threads = new ArrayList<Thread>();
        MessageHandler<Message> recording = envelope -> threads.add(Thread.currentThread());
        bus.subscribe(OrderPlaced.class, recording);
        bus.subscribe(OrderPlaced.class, envelope -> calls.add("c"));
        bus.subscribe(OrderEvent.class, envelope -> calls.add("a"));
        bus.subscribe(OrderPlaced.class, envelope -> calls.add("b"));

        bus.publish(new OrderPlaced("1"));

        assertThat(calls).containsExactly("c", "a", "b");
        assertThat(threads).containsOnly(Thread.currentThread());
    }

    @Test
    void everyHandlerSeesACauseBeforeItsEffect() {
        var bus = builder().build();
        var seen = new ArrayList<Message>();
        bus.subscribe(OrderPlaced.class, envelope -> {
            bus.publish(new OrderShipped("1"));
            bus.publish(new OrderShipped("2"));
        });
        bus.subscribe(OrderEvent.class, envelope -> seen.add(envelope.message()));

        bus.publish(new OrderPlaced("1"));

        assertThat(seen).containsExactly(new OrderPlaced("1"), new OrderShipped("1"), new OrderShipped("2"));
    }

    @Test
    void aLongChainOfEventsNeedsNoStack() {
        var bus = builder().build();
        var count = new AtomicInteger();
        bus.subscribe(OrderPlaced.class, envelope -> {
            int number = envelope.message().number();
            count.incrementAndGet();
            if (number > 0) {
                bus.publish(new OrderPlaced("1", number - 1));
            }
        });

        bus.publish(new OrderPlaced("1", 100_000));

        assertThat(count).hasValue(100_001);
    }

    @Test
    void handlersOfOneBusMayPublishOnAnotherAndBack() {
        var bus = builder().build();
        var other = builder().build();
        var seen = new ArrayList<Message>();
        bus.subscribe(OrderPlaced.class, envelope -> {
            other.publish(new OrderPlaced("2"));
            seen.add(envelope.message());
        });
        other.subscribe(OrderPlaced.class, envelope -> {
            bus.publish(new OrderShipped("3"));
            seen.add(envelope.message());
        });
        bus.subscribe(OrderShipped.class, envelope -> seen.add(envelope.message()));

        bus.publish(new OrderPlaced("1"));

        assertThat(seen).containsExactly(new OrderPlaced("2"), new OrderPlaced("1"), new OrderShipped("3"));
    }

    @Test
    void anInterruptedHandlerLeavesTheInterruptFlagSet() {
        var failures = new ArrayList<HandlerFailure>();
        var bus = builder().onFailure(failures::add).build();
        var reached = new AtomicInteger();
        bus.subscribe(OrderPlaced.class, envelope -> new CountDownLatch(1).await());
        bus.subscribe(OrderPlaced.class, envelope -> reached.incrementAndGet());

        Thread.currentThread().interrupt();
        bus.publish(new OrderPlaced("1"));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(reached).hasValue(1);
        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure.exception()).isInstanceOf(InterruptedException.class));
    }
}
