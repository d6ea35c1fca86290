package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.OwnedSegments.Keyed;
import dev.headwater.subscription.SubscriptionStatus.State;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A subscription is steered and closed while calls are at work in its lanes. */
class LanesAtWorkTest extends SubscriptionFixture {

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicBoolean first = new AtomicBoolean(true);

    /** The first event of {@code slow} waits until it is released, the first time that it comes. */
    private void holdUp(StoredEvent event) throws InterruptedException {
        if (event.stream().name().equals("slow") && first.getAndSet(false)) {
            entered.countDown();
            await(release);
        }
    }

    private RunningSubscription<List<StoredEvent>> startHeldUp() throws InterruptedException {
        append("slow", 2);
        append("b", 3);
        var running = subscriptions.start(reacting("lanes", this::holdUp));
        await(entered);
        await("the others are done", () -> versions("b").size() == 3);
        return running;
    }

    @Test
    void aLaneForWhichThereWasNoThreadBeginsLater() {
        append("a", 1);
        var none = new AtomicBoolean(true);
        var woken = new AtomicBoolean();
        var threads = new LaneThreads() {
            @Override
            public Thread start(Runnable lane) {
                if (none.get()) {
                    throw new OutOfMemoryError("no thread on purpose");
                }
                return VIRTUAL.start(lane);
            }

            @Override
            public boolean stay() {
                return true;
            }

            @Override
            public void finish(BooleanSupplier waits) {}
        };
        var lanes =
                new Lanes(task -> false, () -> woken.set(true), () -> false, new Lanes.Bounds(1, 10, 1000), threads);

        lanes.offer(new LaneTask(new Keyed(store.readEvent(1), "a", 0, null)));

        assertThat(woken).isTrue();
        assertThat(lanes.isBusy()).isFalse();
        assertThatThrownBy(lanes::open).hasMessage("no thread on purpose");
        none.set(false);
        lanes.open();
        await("it is handled", () -> !lanes.takeOutcomes().isEmpty());
    }

    @Test
    void aPauseBeginsNothingMoreAndKeepsWhatIsAtWork() throws Exception {
        var running = startHeldUp();
        subscriptions.pause("lanes", "anna");
        await("it is paused", () -> running.status().state() == State.PAUSED);

        release.countDown();
        await("what was at work is done", () -> versions("slow").equals(List.of(1L)));
        append("b", 1);
        assertThat(running.awaitPosition(6, Duration.ofMillis(50))).isFalse();
        assertThat(positions()).hasSize(4);
        subscriptions.resume("lanes");

        assertThat(running.awaitPosition(6, LIMIT)).isTrue();
        assertThat(versions("slow")).containsExactly(1L, 2L);
        assertThat(versions("b")).isEqualTo(upTo(4));
    }

    @Test
    void aResetBringsEverythingAgainThoughACallFromBeforeEndsAfterIt() throws Exception {
        var running = startHeldUp();
        subscriptions.reset("lanes", 0);
        await("the others came again", () -> versions("b").equals(List.of(1L, 2L, 3L, 1L, 2L, 3L)));

        release.countDown();
        assertThat(running.awaitPosition(5, LIMIT)).isTrue();

        await("what came before the reset has ended", () -> versions("slow").size() == 3);
        assertThat(versions("slow")).contains(1L, 2L);
        append("slow", 1);
        assertThat(running.awaitPosition(6, LIMIT)).isTrue();
        assertThat(versions("slow")).endsWith(3L);
    }

    @Test
    void closingStoresWhatIsDoneAndLeavesBehindACallThatIgnoresEverything() throws Exception {
        var ended = new AtomicBoolean();
        append("slow", 1);
        append("b", 3);
        var running = subscriptions.start(reacting("lanes", event -> {
            if (event.stream().name().equals("slow")) {
                entered.countDown();
                while (!ended.get()) {
                    LockSupport.parkNanos(1_000_000);
                }
            }
        }));
        await(entered);
        await("the others are done", () -> versions("b").size() == 3);

        assertThat(running.close(Duration.ofMillis(200))).isFalse();
        assertThat(storage.holding("lanes", subscriptions.instance()).claims())
                .anyMatch(claim -> claim.checkpoint().position() == 4);
        ended.set(true);
        await("it ends with the call", () -> running.status().state() == State.STOPPED);

        assertThat(positions()).hasSize(4);
    }

    @Test
    void closingInterruptsCallsInItsSecondHalfAndBlamesNoEvent() throws Exception {
        append("slow", 1);
        var running = subscriptions.start(reacting("lanes", event -> {
            entered.countDown();
            new CountDownLatch(1).await();
        }));
        await(entered);

        assertThat(running.close(Duration.ofMillis(400))).isTrue();

        assertThat(letters("lanes")).isEmpty();
        assertThat(open(storage, FAST).start(reacting("lanes", event -> {})).awaitPosition(1, LIMIT))
                .as("it comes again")
                .isTrue();
        assertThat(positions()).containsExactly(1L);
    }

    /** The check of lanes finds the bug that it is for: a lane that is not one of a key. */
    @Test
    void twoEventsOfAStreamMeetWhenEachIsAKeyOfItsOwn() throws Exception {
        append("a", 2);
        var both = new CyclicBarrier(2);
        var running = subscriptions.start(reacting(
                named("planted").orderedBy(SequenceKey.none()),
                event -> both.await(LIMIT.toSeconds(), TimeUnit.SECONDS)));

        assertThat(running.awaitPosition(2, LIMIT)).isTrue();
        assertThat(letters("planted")).isEmpty();
    }

    /** The tests of checkpoints find the bug that they are for: a checkpoint with a hole loses an event. */
    @Test
    void aStorageThatForgetsWhatIsOpenLosesTheSlowEvent() throws Exception {
        append("slow", 1);
        append("b", 3);
        var forgetful = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public PageTransaction<List<StoredEvent>> begin(
                    String subscription, Holding holding, Map<Integer, Checkpoint> to) throws Exception {
                var moves = new HashMap<Integer, Checkpoint>();
                to.forEach((segment, checkpoint) -> moves.put(segment, Checkpoint.at(checkpoint.position())));
                return super.begin(subscription, holding, moves);
            }
        };
        var planted = open(forgetful, FAST);
        var running = planted.start(reacting(named("planted").segments(1), event -> {
            if (event.stream().name().equals("slow")) {
                entered.countDown();
                new CountDownLatch(1).await();
            }
        }));
        await(
                "the others are stored",
                () -> storage.holding("planted", planted.instance()).claims().stream()
                        .anyMatch(claim -> claim.checkpoint().position() == 4));
        running.close(Duration.ofMillis(200));

        var next = open(storage, FAST).start(reacting(named("planted").segments(1), event -> {}));
        assertThat(next.awaitPosition(4, LIMIT)).isTrue();
        assertThat(positions()).isNotEmpty().doesNotContain(1L);
    }
}
