package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Handlers that do not return. */
class EndlessHandlerTest extends FailureFixture {

    @Test
    void aReactorThatNeverReturnsIsInterruptedAndItsEventSetAside() throws Exception {
        requireInterrupted(
                reacting(
                        named("hanging").retrying(RetryPolicy.none()),
                        event -> hang(event.stream().name().equals("a"))),
                List.of("a"),
                4);
    }

    @Test
    void everyEventOfAPageThatNeverReturnsIsInterruptedAndSetAside() throws Exception {
        requireInterrupted(
                projecting(
                        named("hanging").retrying(RetryPolicy.none()),
                        event -> hang(!event.stream().name().equals("b"))),
                List.of("a", "c"),
                4);
    }

    private static void hang(boolean really) throws InterruptedException {
        if (really) {
            new CountDownLatch(1).await();
        }
    }

    private void requireInterrupted(Subscription<List<StoredEvent>> subscription, List<String> hanging, int appended)
            throws Exception {
        append("b", 1);
        append("a", 1);
        append("c", 1);
        append("b", 1);

        var running =
                open(storage, FAST.withHandlerLimit(Duration.ofMillis(40))).start(subscription);
        assertThat(running.awaitPosition(appended, LIMIT)).isTrue();

        assertThat(versions("b")).containsExactly(1L, 2L);
        assertThat(letters("hanging")).extracting(DeadLetter::sequenceKey).containsExactlyElementsOf(hanging);
        var failure = letters("hanging").getFirst().failure().orElseThrow();
        assertThat(failure.exceptionClass()).isEqualTo(HandlerTimeoutException.class.getName());
        assertThat(failure.message()).contains("hanging").contains("PT0.04S");
    }

    @Test
    void aReactorThatIgnoresItsInterruptionCostsItsKeyOnly() throws Exception {
        append("a", 2);
        append("b", 2);
        var released = new AtomicBoolean();
        var entered = new AtomicInteger();
        var late = new AtomicReference<Throwable>();
        var running = open(storage, FAST.withHandlerLimit(Duration.ofMillis(40)))
                .start(named("hanging")
                        .startingAt(StartFrom.beginning())
                        .retrying(RetryPolicy.none())
                        .recording((event, effects) -> {
                            if (isFirstOfA(event) && entered.incrementAndGet() == 1) {
                                await("it is released", () -> {
                                    Thread.interrupted();
                                    return released.get();
                                });
                                try {
                                    effects.once("mail", key -> readModel.add(event));
                                } catch (IllegalStateException e) {
                                    late.set(e);
                                }
                            } else {
                                readModel.add(event);
                            }
                        }));
        assertThat(running.awaitPosition(4, LIMIT)).isTrue();

        assertThat(positions()).containsExactly(3L, 4L);
        assertThat(states("hanging")).containsExactly(DeadLetter.State.PARKED, DeadLetter.State.WAITING);
        assertThat(letters("hanging").getFirst().failure().orElseThrow().exceptionClass())
                .isEqualTo(HandlerTimeoutException.class.getName());
        assertThat(storage.segments("hanging"))
                .allMatch(segment -> segment.owner().isPresent());
        deadLetters.retry(DeadLetterFilter.of("hanging"), "somebody");
        await("it is tried again", () -> versions("a").equals(List.of(1L, 2L)));
        released.set(true);
        await("the late one is refused its effect", () -> late.get() != null);
        assertThat(late.get()).hasMessageContaining("mail").hasMessageContaining("position 1");
        assertThat(versions("a")).containsExactly(1L, 2L);
    }

    /** The storage has room for one transaction, and the stuck one is cut off in it. */
    @Test
    void aProjectionThatIgnoresItsInterruptionHoldsUpNoOtherOne() throws Exception {
        append("a", 1);
        var released = new AtomicBoolean();
        var entered = new CountDownLatch(1);
        var aborted = new AtomicInteger();
        var narrow = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public int concurrentTransactions() {
                return 1;
            }

            @Override
            public PageTransaction<List<StoredEvent>> begin(
                    String subscription, Holding holding, Map<Integer, Checkpoint> to) throws Exception {
                return subscription.equals("stuck")
                        ? new Cut(aborted::incrementAndGet)
                        : super.begin(subscription, holding, to);
            }
        };
        var instance = open(narrow, FAST.withHandlerLimit(Duration.ofMillis(40)));
        instance.start(projecting(named("stuck").startingAt(StartFrom.beginning()), event -> {
            entered.countDown();
            await("it is released", () -> {
                Thread.interrupted();
                return released.get();
            });
        }));
        await(entered);

        var other = instance.start(keeping(named("other").startingAt(StartFrom.beginning())));

        assertThat(other.awaitPosition(1, LIMIT)).isTrue();
        assertThat(aborted).hasValue(1);
        released.set(true);
    }

    /** A transaction of which nothing comes. */
    private record Cut(Runnable aborted) implements PageTransaction<List<StoredEvent>> {
        @Override
        public List<StoredEvent> transaction() {
            return new ArrayList<>();
        }

        @Override
        public Mark mark() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void park(Letter letter) {}

        @Override
        public boolean settle(DeadLetter letter) {
            return false;
        }

        @Override
        public void forgetEffects(long position) {}

        @Override
        public void commit() {
            throw new StoreUnavailableException("it was cut", null);
        }

        @Override
        public void abort() {
            aborted.run();
        }

        @Override
        public void close() {}
    }

    @Test
    void closingInterruptsAHandlerThatNeverReturns() throws Exception {
        append("a", 1);
        var entered = new CountDownLatch(1);
        var instance = open(storage, FAST.withHandlerLimit(Duration.ofMillis(40)));
        instance.start(reacting("hanging", event -> {
            entered.countDown();
            hang(true);
        }));
        await(entered);

        var closer = Thread.ofVirtual().start(instance::close);

        assertThat(closer.join(LIMIT)).as("closed in time").isTrue();
        assertThat(states("hanging")).hasSize(1);
    }
}
