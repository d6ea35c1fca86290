package dev.headwater.bus;

import static dev.headwater.bus.Concurrently.await;
import static dev.headwater.bus.Concurrently.awaitBlocked;
import static dev.headwater.bus.Concurrently.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.Message;
import dev.headwater.bus.TestMessages.OrderClosed;
import dev.headwater.bus.TestMessages.OrderEvent;
import dev.headwater.bus.TestMessages.OrderPlaced;
import dev.headwater.bus.TestMessages.OrderShipped;
import dev.headwater.bus.TestMessages.StockRanLow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What ending a registration or a bus means, for synchronous and asynchronous delivery alike. */
@Timeout(60)
abstract class ClosingContract {

    private final List<HandlerFailure> failures = new CopyOnWriteArrayList<>();
    private InProcessEventBus bus;

    abstract InProcessEventBus.Builder builder();

    @BeforeEach
    void openBus() {
        bus = builder().onFailure(failures::add).build();
    }

    @AfterEach
    void closeBus() {
        assertThat(bus.close(Duration.ofSeconds(20))).as("drained").isTrue();
        assertThat(bus.activeKeys()).as("keys left behind").isZero();
    }

    @Test
    void aClosedHandlerIsNotInvokedAnyMore() {
        var count = new AtomicInteger();
        var kept = new AtomicInteger();
        var registration = bus.subscribe(OrderPlaced.class, envelope -> count.incrementAndGet());
        bus.subscribe(OrderPlaced.class, envelope -> kept.incrementAndGet());
        bus.publish(new OrderPlaced("1"));
        await("the first event is handled", () -> count.get() == 1);

        registration.close();
        registration.close();
        bus.publish(new OrderPlaced("2"));
        bus.close();

        assertThat(count).hasValue(1);
        assertThat(kept).hasValue(2);
    }

    @Test
    void closingAHandlerWaitsForItsInvocationUnderWay() {
        var entered = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var finished = new AtomicBoolean();
        var finishedWhenClosed = new AtomicBoolean();
        var registration = bus.subscribe(OrderPlaced.class, envelope -> {
            entered.countDown();
            await(release);
            finished.set(true);
        });
        var publisher = Thread.startVirtualThread(() -> bus.publish(new OrderPlaced("1")));
        await(entered);

        var closer = Thread.startVirtualThread(() -> {
            registration.close();
            finishedWhenClosed.set(finished.get());
        });
        awaitBlocked(closer);
        release.countDown();
        join(closer, publisher);

        assertThat(finishedWhenClosed).isTrue();
    }

    @Test
    void anInterruptedCloserOfAHandlerDoesNotWaitAndKeepsItsFlag() {
        var entered = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var flag = new AtomicBoolean();
        var registration = bus.subscribe(OrderPlaced.class, envelope -> {
            entered.countDown();
            await(release);
        });
        var publisher = Thread.startVirtualThread(() -> bus.publish(new OrderPlaced("1")));
        await(entered);

        var closer = Thread.startVirtualThread(() -> {
            Thread.currentThread().interrupt();
            registration.close();
            flag.set(Thread.currentThread().isInterrupted());
        });
        join(closer);
        release.countDown();
        join(publisher);

        assertThat(flag).isTrue();
    }

    @Test
    void aHandlerMayUnsubscribeItselfAndOthersWhileItRuns() {
        var self = new AtomicReference<Registration>();
        var other = new AtomicReference<Registration>();
        var seenBySelf = new AtomicInteger();
        var seenByOther = new AtomicInteger();
        self.set(bus.subscribe(OrderPlaced.class, envelope -> {
            seenBySelf.incrementAndGet();
            self.get().close();
            other.get().close();
        }));
        other.set(bus.subscribe(OrderShipped.class, envelope -> seenByOther.incrementAndGet()));

        bus.publish(new OrderPlaced("1"));
        await("the handler has run", () -> seenBySelf.get() == 1);
        await("it has ended", () -> bus.activeKeys() == 0);
        bus.publish(new OrderPlaced("2"));
        bus.publish(new OrderShipped("2"));
        bus.close();

        assertThat(seenBySelf).hasValue(1);
        assertThat(seenByOther).hasValue(0);
        assertThat(failures).isEmpty();
    }

    @Test
    void aHandlerSubscribedWhileAnEventIsHandledGetsOnlyLaterOnes() {
        var late = new CopyOnWriteArrayList<Message>();
        var subscribed = new AtomicBoolean();
        bus.subscribe(OrderPlaced.class, envelope -> {
            if (subscribed.compareAndSet(false, true)) {
                bus.subscribe(OrderPlaced.class, later -> late.add(later.message()));
            }
        });

        bus.publish(new OrderPlaced("1"));
        await("the handler has run", subscribed::get);
        await("it has ended", () -> bus.activeKeys() == 0);
        bus.publish(new OrderPlaced("2"));
        bus.close();

        assertThat(late).containsExactly(new OrderPlaced("2"));
    }

    @Test
    void handlersThatComeAndGoDuringPublishingSeeEverythingInBetweenAndNothingAfterwards() {
        var stop = new AtomicBoolean();
        var permanent = new AtomicInteger();
        var afterClose = new AtomicInteger();
        var published = new AtomicInteger();
        bus.subscribe(OrderPlaced.class, envelope -> permanent.incrementAndGet());
        var publishers = new ArrayList<Thread>();
        for (int p = 0; p < 3; p++) {
            publishers.add(Thread.startVirtualThread(() -> {
                while (!stop.get()) {
                    bus.publish(new OrderPlaced("1"));
                    published.incrementAndGet();
                }
            }));
        }
        for (int round = 0; round < 300; round++) {
            var over = new AtomicBoolean();
            var own = new AtomicInteger();
            var registration = bus.subscribe(OrderEvent.class, envelope -> {
                if (over.get()) {
                    afterClose.incrementAndGet();
                }
                if (envelope.message() instanceof OrderShipped) {
                    own.incrementAndGet();
                }
            });
            bus.publish(new OrderShipped("own"));
            await("the new handler gets what is published after it", () -> own.get() == 1);
            registration.close();
            over.set(true);
        }
        stop.set(true);
        join(publishers.toArray(Thread[]::new));
        bus.close();

        assertThat(afterClose).hasValue(0);
        assertThat(permanent).hasValue(published.get());
    }

    @Test
    void publishingAndSubscribingAfterCloseAreErrors() {
        bus.subscribe(OrderPlaced.class, envelope -> {});
        bus.close();

        assertThatThrownBy(() -> bus.publish(new OrderPlaced("1")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> bus.publish(new StockRanLow("nobody listens")))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> bus.subscribe(OrderPlaced.class, "late", envelope -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("late");
    }

    @Test
    void whatWasAcceptedIsDeliveredAndWhatWasRefusedIsNotWhenClosingRacesWithPublishing() {
        for (int round = 0; round < 200; round++) {
            var raced = builder().build();
            var delivered = new AtomicInteger();
            var accepted = new AtomicInteger();
            var refused = new AtomicInteger();
            var started = new CountDownLatch(3);
            raced.subscribe(OrderPlaced.class, envelope -> delivered.incrementAndGet());
            var publishers = new Thread[3];
            for (int p = 0; p < publishers.length; p++) {
                publishers[p] = Thread.startVirtualThread(() -> {
                    try {
                        for (int i = 0; i < 1_000_000; i++) {
                            raced.publish(new OrderPlaced("1"));
                            accepted.incrementAndGet();
                            started.countDown();
                        }
                    } catch (IllegalStateException e) {
                        refused.incrementAndGet();
                    }
                });
            }
            await(started);
            raced.close();
            int atClose = delivered.get();
            join(publishers);

            assertThat(refused).hasValue(publishers.length);
            assertThat(delivered).hasValue(accepted.get());
            assertThat(atClose).isEqualTo(accepted.get());
        }
    }

    @Test
    void closingWaitsForWhatHandlersPublishMeanwhile() {
        var entered = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var closed = new CopyOnWriteArrayList<Message>();
        bus.subscribe(OrderPlaced.class, envelope -> {
            entered.countDown();
            await(release);
            bus.publish(new OrderShipped("1"));
        });
        bus.subscribe(OrderShipped.class, envelope -> bus.publish(new OrderClosed("1")));
        bus.subscribe(OrderClosed.class, envelope -> closed.add(envelope.message()));
        var publisher = Thread.startVirtualThread(() -> bus.publish(new OrderPlaced("1")));
        await(entered);

        var closer = Thread.startVirtualThread(() -> bus.close());
        awaitBlocked(closer);
        assertThatThrownBy(() -> bus.publish(new OrderPlaced("from outside")))
                .isInstanceOf(IllegalStateException.class);
        release.countDown();
        join(closer, publisher);

        assertThat(closed).containsExactly(new OrderClosed("1"));
        assertThat(failures).isEmpty();
    }

    @Test
    void aHandlerThatClosesTheBusDoesNotWaitForItself() {
        var drained = new AtomicReference<Boolean>();
        var seen = new AtomicInteger();
        bus.subscribe(OrderPlaced.class, envelope -> {
            bus.publish(new OrderShipped("1"));
            drained.set(bus.close(Duration.ofDays(1)));
        });
        bus.subscribe(OrderShipped.class, envelope -> seen.incrementAndGet());

        bus.publish(new OrderPlaced("1"));
        await("the event that was accepted before is delivered", () -> seen.get() == 1);

        assertThat(drained).hasValue(false);
        assertThat(bus.close(Duration.ofSeconds(20))).isTrue();
        assertThat(failures).isEmpty();
    }
}
