package dev.headwater.bus;

import static dev.headwater.bus.Concurrently.await;
import static dev.headwater.bus.Concurrently.awaitBlocked;
import static dev.headwater.bus.Concurrently.join;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.Envelope;
import dev.headwater.bus.TestMessages.OrderEvent;
import dev.headwater.bus.TestMessages.OrderPlaced;
import dev.headwater.bus.TestMessages.OrderShipped;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens when publishers are faster than handlers. */
@Timeout(60)
class BackPressureTest {

    private static String order(Envelope<?> envelope) {
        return ((OrderEvent) envelope.message()).orderId();
    }

    private static InProcessEventBus.Builder builder() {
        return InProcessEventBus.builder().asynchronous();
    }

    @Test
    void publishingBlocksWhileTheQueueOfAHandlerIsFull() {
        var bus = builder().orderedBy(BackPressureTest::order).queueCapacity(8).build();
        var permits = new Semaphore(0);
        var accepted = new AtomicInteger();
        var handled = new AtomicInteger();
        var mostWaiting = new AtomicInteger();
        bus.subscribe(OrderPlaced.class, envelope -> {
            mostWaiting.accumulateAndGet(accepted.get() - handled.get(), Math::max);
            permits.acquire();
            handled.incrementAndGet();
        });
        var publisher =
                Thread.startVirtualThread(() -> IntStream.range(0, 1_000).forEach(number -> {
                    bus.publish(new OrderPlaced("order " + number % 20, number));
                    accepted.incrementAndGet();
                }));

        awaitBlocked(publisher);
        assertThat(accepted).hasValue(8);
        permits.release(3);
        await("three more are accepted", () -> accepted.get() == 11);
        awaitBlocked(publisher);
        assertThat(accepted).hasValue(11);
        permits.release(1_000);
        join(publisher);
        bus.close();

        assertThat(handled).hasValue(1_000);
        assertThat(mostWaiting.get()).isLessThanOrEqualTo(9);
    }

    @Test
    void roomThatOnePublisherCannotUseYetGoesToTheNext() {
        var bus = builder().queueCapacity(1).build();
        var releaseFirst = new CountDownLatch(1);
        var releaseSecond = new CountDownLatch(1);
        bus.subscribe(OrderEvent.class, "first", envelope -> await(releaseFirst));
        bus.subscribe(OrderPlaced.class, "second", envelope -> await(releaseSecond));
        bus.publish(new OrderPlaced("fills both queues"));
        var needsBoth = Thread.startVirtualThread(() -> bus.publish(new OrderPlaced("1")));
        awaitBlocked(needsBoth);
        var needsFirst = Thread.startVirtualThread(() -> bus.publish(new OrderShipped("2")));
        awaitBlocked(needsFirst);

        releaseFirst.countDown();
        join(needsFirst);
        assertThat(needsBoth.isAlive()).isTrue();
        releaseSecond.countDown();
        join(needsBoth);
        bus.close();
    }

    @Test
    void everyBlockedPublisherGetsItsTurnWhenTheyWaitForDifferentQueues() {
        var random = new Random(7);
        var bus = builder().orderedBy(BackPressureTest::order).queueCapacity(2).build();
        var handled = new AtomicInteger();
        bus.subscribe(OrderPlaced.class, envelope -> {
            LockSupport.parkNanos(5_000);
            handled.incrementAndGet();
        });
        bus.subscribe(OrderShipped.class, envelope -> {
            LockSupport.parkNanos(15_000);
            handled.incrementAndGet();
        });
        bus.subscribe(OrderEvent.class, envelope -> {
            LockSupport.parkNanos(10_000);
            handled.incrementAndGet();
        });
        var publishers = IntStream.range(0, 32)
                .mapToObj(publisher -> {
                    var choices = new Random(random.nextLong());
                    return Thread.startVirtualThread(() -> {
                        for (int i = 0; i < 200; i++) {
                            var key = "order " + choices.nextInt(10);
                            bus.publish(choices.nextBoolean() ? new OrderPlaced(key) : new OrderShipped(key));
                        }
                    });
                })
                .toArray(Thread[]::new);
        join(publishers);
        bus.close();

        assertThat(handled).hasValue(32 * 200 * 2);
    }

    @Test
    void anInterruptedPublisherIsToldAndNoHandlerGetsTheEvent() {
        var bus = builder().queueCapacity(1).build();
        var release = new CountDownLatch(1);
        var free = new CopyOnWriteArrayList<Integer>();
        var thrown = new AtomicReference<Throwable>();
        var flag = new AtomicBoolean();
        bus.subscribe(OrderPlaced.class, envelope -> free.add(envelope.message().number()));
        bus.subscribe(OrderPlaced.class, envelope -> await(release));
        bus.publish(new OrderPlaced("1", 1));
        await("the free handler is done", () -> free.size() == 1);
        var publisher = Thread.startVirtualThread(() -> {
            try {
                bus.publish(new OrderPlaced("1", 2));
            } catch (PublishInterruptedException e) {
                thrown.set(e);
                flag.set(Thread.currentThread().isInterrupted());
            }
        });
        awaitBlocked(publisher);

        publisher.interrupt();
        join(publisher);
        release.countDown();
        bus.publish(new OrderPlaced("1", 3));
        bus.close();

        assertThat(thrown.get()).hasMessageContaining(OrderPlaced.class.getName());
        assertThat(flag).isTrue();
        assertThat(free).containsExactly(1, 3);
    }

    @Test
    void aBlockedPublisherIsRefusedWhenTheBusCloses() {
        var bus = builder().queueCapacity(1).build();
        var release = new CountDownLatch(1);
        var handled = new AtomicInteger();
        var thrown = new AtomicReference<Throwable>();
        bus.subscribe(OrderPlaced.class, envelope -> {
            await(release);
            handled.incrementAndGet();
        });
        bus.publish(new OrderPlaced("1"));
        var publisher = Thread.startVirtualThread(() -> {
            try {
                bus.publish(new OrderPlaced("2"));
            } catch (IllegalStateException e) {
                thrown.set(e);
            }
        });
        awaitBlocked(publisher);

        var closer = Thread.startVirtualThread(bus::close);
        join(publisher);
        release.countDown();
        join(closer);

        assertThat(thrown.get()).hasMessageContaining("closed");
        assertThat(handled).hasValue(1);
    }

    @Test
    void closingAHandlerFreesThePublishersThatItBlocksAndDropsWhatWaitsForIt() {
        var bus = builder().queueCapacity(2).build();
        var entered = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var stuck = new CopyOnWriteArrayList<Integer>();
        var other = new CopyOnWriteArrayList<Integer>();
        var registration = bus.subscribe(OrderPlaced.class, envelope -> {
            stuck.add(envelope.message().number());
            entered.countDown();
            await(release);
        });
        bus.subscribe(
                OrderPlaced.class, envelope -> other.add(envelope.message().number()));
        bus.publish(new OrderPlaced("1", 1));
        bus.publish(new OrderPlaced("1", 2));
        var publishers = IntStream.range(3, 6)
                .mapToObj(number -> Thread.startVirtualThread(() -> bus.publish(new OrderPlaced("1", number))))
                .toArray(Thread[]::new);
        await(entered);
        List.of(publishers).forEach(Concurrently::awaitBlocked);

        var closer = Thread.startVirtualThread(registration::close);
        join(publishers);
        release.countDown();
        join(closer);
        bus.close();

        assertThat(stuck).containsExactly(1);
        assertThat(other).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
    }

    @Test
    void aHandlerThatPublishesIntoAFullQueueIsNotBlocked() {
        var bus = builder().orderedBy(BackPressureTest::order).queueCapacity(1).build();
        var handled = new AtomicInteger();
        bus.subscribe(OrderPlaced.class, envelope -> {
            handled.incrementAndGet();
            int number = envelope.message().number();
            if (number > 0) {
                bus.publish(new OrderPlaced(envelope.message().orderId(), number - 1));
                bus.publish(new OrderPlaced("another", number - 1));
            }
        });

        bus.publish(new OrderPlaced("1", 10));

        await("everything is handled", () -> handled.get() == (1 << 11) - 1);
        bus.close();
    }

    @Test
    void handlersOfTwoBusesThatFillEachOthersQueuesDoNotDeadlock() {
        var bus = builder().queueCapacity(1).build();
        var other = builder().queueCapacity(1).build();
        var handled = new AtomicInteger();
        bus.subscribe(OrderPlaced.class, envelope -> pingPong(envelope, other, handled));
        other.subscribe(OrderPlaced.class, envelope -> pingPong(envelope, bus, handled));

        bus.publish(new OrderPlaced("1", 10));

        await("everything is handled", () -> handled.get() == (1 << 11) - 1);
        bus.close();
        other.close();
    }

    private static void pingPong(Envelope<OrderPlaced> envelope, EventBus to, AtomicInteger handled) {
        int number = envelope.message().number();
        if (number > 0) {
            to.publish(new OrderPlaced("1", number - 1));
            to.publish(new OrderPlaced("1", number - 1));
        }
        handled.incrementAndGet();
    }
}
