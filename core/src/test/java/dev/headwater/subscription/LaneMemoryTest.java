package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.OwnedSegments.Keyed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Lanes keep a limited number of events and of bytes in memory, and know the positions of the others. */
class LaneMemoryTest {

    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch entered = new CountDownLatch(1);
    private final Lanes lanes = new Lanes(
            task -> {
                entered.countDown();
                release.await();
                return false;
            },
            () -> {},
            () -> false,
            new Lanes.Bounds(1, 100, 1_000),
            LaneThreads.VIRTUAL);

    private LaneTask offer(String key, long position, int bytes) {
        StoredEvent event = Stored.event(key, position, bytes);
        var task = new LaneTask(new Keyed(event, key, 0, null));
        lanes.offer(task);
        return task;
    }

    private List<LaneTask> offerMany(String key, int number, int bytes) {
        var tasks = new ArrayList<LaneTask>();
        for (int i = 1; i <= number; i++) {
            tasks.add(offer(key, i, bytes));
        }
        return tasks;
    }

    @Test
    void beyondTheBytesThatThereMayBeOnlyPositionsAreKept() throws Exception {
        var tasks = offerMany("a", 10, 300);
        SubscriptionFixture.await(entered);

        assertThat(tasks.stream().filter(task -> task.event() != null)).hasSize(4);
        assertThat(lanes.isHungry()).isFalse();
        release.countDown();
        lanes.awaitIdle(SubscriptionFixture.LIMIT);

        assertThat(lanes.takeOutcomes()).hasSize(10);
        assertThat(lanes.isHungry()).isTrue();
    }

    @Test
    void aKeyWithManyEventsLeavesRoomForOthers() throws Exception {
        offerMany("hot", 200, 1);
        SubscriptionFixture.await(entered);

        assertThat(offerMany("b", 10, 1)).allMatch(task -> task.event() != null);
        release.countDown();
    }

    @Test
    void theNextEventOfAKeyIsKeptHoweverLargeItIs() {
        offerMany("a", 3, 400);

        assertThat(offer("b", 4, 5_000).event()).isNotNull();
        release.countDown();
    }

    @Test
    void whatIsForgottenLeavesItsRoom() throws Exception {
        offerMany("a", 10, 300);
        SubscriptionFixture.await(entered);
        lanes.forget(segment -> true);
        release.countDown();
        lanes.awaitIdle(SubscriptionFixture.LIMIT);

        assertThat(lanes.isHungry()).isTrue();
        assertThat(offer("b", 1, 900).event()).isNotNull();
        assertThat(offer("b", 2, 90).event()).isNotNull();
    }
}
