package dev.headwater.bus;

import static dev.headwater.bus.Concurrently.await;
import static dev.headwater.bus.Concurrently.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.Envelope;
import dev.headwater.bus.TestMessages.OrderEvent;
import dev.headwater.bus.TestMessages.OrderPlaced;
import dev.headwater.bus.TestMessages.OrderShipped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AsynchronousDeliveryTest extends EventBusContract {

    private static String order(Envelope<?> envelope) {
        return ((OrderEvent) envelope.message()).orderId();
    }

    @Override
    InProcessEventBus.Builder builder() {
        return InProcessEventBus.builder().asynchronous();
    }

    @Test
    void orderIsKeptPerKeyForEveryHandlerHoweverLongEachEventTakes() {
        var random = new Random(20_260_101);
        var bus = builder()
                .orderedBy(AsynchronousDeliveryTest::order)
                .queueCapacity(64)
                .build();
        var handlers = 3;
        var seen = new ArrayList<Map<String, List<Integer>>>();
        for (int h = 0; h < handlers; h++) {
            var byKey = new ConcurrentHashMap<String, List<Integer>>();
            var delays = random.ints(10_000, 0, 60_000).toArray();
            seen.add(byKey);
            bus.subscribe(OrderPlaced.class, "handler " + h, envelope -> {
                var event = envelope.message();
                LockSupport.parkNanos(delays[event.number()]);
                byKey.computeIfAbsent(event.orderId(), key -> new CopyOnWriteArrayList<>())
                        .add(event.number());
            });
        }
        var expected = new ConcurrentHashMap<String, List<Integer>>();

        for (int number = 0; number < 10_000; number++) {
            var key = "order " + random.nextInt(100);
            expected.computeIfAbsent(key, newKey -> new ArrayList<>()).add(number);
            bus.publish(new OrderPlaced(key, number));
        }
        bus.close();

        assertThat(expected).hasSize(100);
        assertThat(seen).allSatisfy(byKey -> assertThat(byKey).isEqualTo(expected));
        assertThat(bus.activeKeys()).isZero();
    }

    @Test
    void handlersAgreeOnTheOrderThatSeveralPublishersCompeteFor() {
        var bus = builder()
                .orderedBy(AsynchronousDeliveryTest::order)
                .queueCapacity(16)
                .build();
        var first = new ConcurrentHashMap<String, List<Integer>>();
        var second = new ConcurrentHashMap<String, List<Integer>>();
        for (var seen : List.of(first, second)) {
            bus.subscribe(
                    OrderPlaced.class,
                    envelope -> seen.computeIfAbsent(envelope.message().orderId(), key -> new CopyOnWriteArrayList<>())
                            .add(envelope.message().number()));
        }
        var publishers = IntStream.range(0, 8)
                .mapToObj(publisher -> Thread.startVirtualThread(() -> {
                    for (int i = 0; i < 500; i++) {
                        bus.publish(new OrderPlaced("order " + i % 5, publisher * 500 + i));
                    }
                }))
                .toArray(Thread[]::new);
        join(publishers);
        bus.close();

        assertThat(first.values().stream().mapToInt(List::size).sum()).isEqualTo(8 * 500);
        assertThat(second).isEqualTo(first);
    }

    @Test
    void withoutAKeyAHandlerGetsOneEventAfterTheOtherInTheOrderOfPublishing() {
        var bus = builder().build();
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        var numbers = new CopyOnWriteArrayList<Integer>();
        bus.subscribe(OrderPlaced.class, envelope -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            LockSupport.parkNanos(10_000);
            numbers.add(envelope.message().number());
            running.decrementAndGet();
        });

        IntStream.range(0, 2_000).forEach(number -> bus.publish(new OrderPlaced("order " + number, number)));
        bus.close();

        assertThat(most).hasValue(1);
        assertThat(numbers).isEqualTo(IntStream.range(0, 2_000).boxed().toList());
    }

    @Test
    void differentKeysAreHandledInParallelOnVirtualThreads() {
        var bus = builder().orderedBy(AsynchronousDeliveryTest::order).build();
        var meeting = new CyclicBarrier(50);
        var met = new AtomicInteger();
        bus.subscribe(OrderPlaced.class, envelope -> {
            meeting.await(20, TimeUnit.SECONDS);
            assertThat(Thread.currentThread().isVirtual()).isTrue();
            met.incrementAndGet();
        });

        IntStream.range(0, 50).forEach(number -> bus.publish(new OrderPlaced("order " + number)));
        bus.close();

        assertThat(met).hasValue(50);
    }

    @Test
    void aSlowHandlerDoesNotHoldUpTheOthersWhileItsQueueHasRoom() {
        var bus = builder().queueCapacity(10).build();
        var release = new CountDownLatch(1);
        var fast = new AtomicInteger();
        bus.subscribe(OrderPlaced.class, "slow", envelope -> await(release));
        bus.subscribe(OrderEvent.class, "fast", envelope -> fast.incrementAndGet());

        IntStream.range(0, 10).forEach(number -> bus.publish(new OrderPlaced("1", number)));
        await("the fast handler is done", () -> fast.get() == 10);
        IntStream.range(0, 1_000).forEach(number -> bus.publish(new OrderShipped("1")));
        await("events that the slow handler does not want still pass", () -> fast.get() == 1_010);
        release.countDown();
        bus.close();
    }

    @Test
    void anInterruptFlagThatAHandlerLeavesBehindIsNotForTheNextEvent() {
        var bus = builder().build();
        var flags = new CopyOnWriteArrayList<Boolean>();
        bus.subscribe(OrderPlaced.class, envelope -> {
            flags.add(Thread.currentThread().isInterrupted());
            Thread.currentThread().interrupt();
        });

        IntStream.range(0, 100).forEach(number -> bus.publish(new OrderPlaced("1", number)));
        bus.close();

        assertThat(flags).hasSize(100).containsOnly(false);
    }

    @Test
    void idleKeysLeaveNothingBehind() {
        var bus = builder().orderedBy(AsynchronousDeliveryTest::order).build();
        var handled = new AtomicInteger();
        bus.subscribe(OrderPlaced.class, envelope -> handled.incrementAndGet());

        IntStream.range(0, 50_000).forEach(number -> bus.publish(new OrderPlaced("order " + number)));
        await("all are handled", () -> handled.get() == 50_000);

        await("no key is left", () -> bus.activeKeys() == 0);
        bus.close();
    }

    @Test
    void aKeyThatCannotBeToldIsThePublishersError() {
        var handled = new AtomicInteger();
        var withoutKey = builder().orderedBy(envelope -> null).build();
        withoutKey.subscribe(OrderPlaced.class, envelope -> handled.incrementAndGet());
        assertThatThrownBy(() -> withoutKey.publish(new OrderPlaced("1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("orderedBy")
                .hasMessageContaining(OrderPlaced.class.getName());
        withoutKey.close();

        var failing = builder()
                .orderedBy(envelope -> {
                    throw new UnsupportedOperationException("no key");
                })
                .build();
        failing.subscribe(OrderPlaced.class, envelope -> handled.incrementAndGet());
        assertThatThrownBy(() -> failing.publish(new OrderPlaced("1")))
                .isInstanceOf(UnsupportedOperationException.class);
        failing.close();

        assertThat(handled).hasValue(0);
    }

    @Test
    void optionsThatMeanNothingAreRefused() {
        assertThatThrownBy(() -> builder().queueCapacity(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0");
        assertThatThrownBy(() -> InProcessEventBus.builder().queueCapacity(5).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("asynchronous()");
        assertThatThrownBy(() -> InProcessEventBus.builder()
                        .orderedBy(AsynchronousDeliveryTest::order)
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("asynchronous()");
    }
}
