package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventQuery;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.SubscriptionStatus.State;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Instances that share a subscription. */
class SeveralInstancesTest extends SubscriptionFixture {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

    /** Leases in it run out only when the test says so. */
    private final InMemorySubscriptionStorage<List<StoredEvent>> still =
            new InMemorySubscriptionStorage<>(readModel, now::get);

    private static Map<String, Long> owned(SubscriptionStorage<?> storage, String subscription) {
        return storage.segments(subscription).stream()
                .flatMap(segment -> segment.owner().stream())
                .collect(Collectors.groupingBy(owner -> owner, Collectors.counting()));
    }

    private static void awaitShares(SubscriptionStorage<?> storage, String subscription, Map<String, Long> shares) {
        await(
                "the segments are divided as " + shares,
                () -> owned(storage, subscription).equals(shares));
    }

    @Test
    void theyHandleEachEventOnceAndInOrder() throws Exception {
        var other = open(still, FAST);
        var one = open(still, FAST);
        var first = one.start(keeping("shared"));
        var second = other.start(keeping("shared"));
        awaitShares(still, "shared", Map.of(one.instance(), 8L, other.instance(), 8L));

        appendInTurn(40, 10);
        assertThat(first.awaitPosition(400, LIMIT)).isTrue();
        assertThat(second.awaitPosition(400, LIMIT)).isTrue();

        assertThat(readModel).hasSize(400);
        for (int i = 0; i < 40; i++) {
            assertThat(versions("s-" + i)).isEqualTo(upTo(10));
        }
    }

    @Test
    void oneThatIsStartedAgainUnderItsNameTakesOverAtOnce() throws Exception {
        var named = FAST.withLease(Duration.ofDays(1)).withInstanceName("shop");
        var killed = new ForwardingSubscriptionStorage<>(still) {
            @Override
            public void leave(String subscription, String instance) {}

            @Override
            public void release(String subscription, String instance, Collection<Claim> claims) {}
        };
        append(3);
        var former = open(killed, named);
        assertThat(former.start(keeping("all")).awaitPosition(3, LIMIT)).isTrue();
        var instance = former.instance();
        former.close();
        assertThat(owned(still, "all")).as("as after a crash").isEqualTo(Map.of(instance, 16L));

        append(2);
        var successor = open(still, named);
        assertThat(successor.start(keeping("all")).awaitPosition(5, LIMIT)).isTrue();

        assertThat(owned(still, "all")).isEqualTo(Map.of(successor.instance(), 16L));
        assertThat(readModel).hasSize(5);
    }

    @Test
    void oneKnowsThatNothingWantedIsLeftToAnotherThatStoresNothing() throws Exception {
        var one = open(still, FAST);
        var running = one.start(keeping(named("shared").events(EventQuery.ofTypes(Set.of("other")))));
        awaitShares(still, "shared", Map.of(one.instance(), 16L));
        await("they share", () -> {
            still.renew("silent", Set.of("shared"), Duration.ofDays(1));
            return owned(still, "shared").equals(Map.of(one.instance(), 8L, "silent", 8L));
        });

        var unwanted = store.append(new StreamId("s"), ExpectedVersion.any(), new Noted(1));
        assertThat(running.awaitCaughtUp(unwanted, LIMIT)).isTrue();
        assertThat(running.awaitPosition(1, LIMIT)).isTrue();
        assertThat(running.awaitPosition(2, Duration.ofMillis(50)))
                .as("past the end of the log")
                .isFalse();
        assertThat(still.segments("shared"))
                .as("of the other, which stores nothing")
                .anyMatch(segment -> segment.position() == 0);

        for (int i = 0; i < 20; i++) {
            store.append(new StreamId("s-" + i), ExpectedVersion.any(), new Other());
        }
        assertThat(running.awaitPosition(21, Duration.ofMillis(50))).isFalse();
    }

    @Test
    void eachEventIsHandledOnceThoughInstancesComeAndGo() throws Exception {
        var stays = open(still, FAST).start(keeping("shared"));
        for (int round = 0; round < 8; round++) {
            var guest = open(still, FAST);
            guest.start(keeping("shared"));
            appendInTurn(40, 1);
            await("the guest has its share", () -> owned(still, "shared").containsKey(guest.instance()));
            appendInTurn(40, 1);
            guest.close();
        }
        assertThat(stays.awaitPosition(640, LIMIT)).isTrue();

        assertThat(readModel).hasSize(640);
        for (int i = 0; i < 40; i++) {
            assertThat(versions("s-" + i)).isEqualTo(upTo(16));
        }
    }

    @Test
    void oneThatClosesHandsOverAtOnce() throws Exception {
        var leaves = open(still, FAST);
        var stays = open(still, FAST);
        leaves.start(keeping("shared"));
        var running = stays.start(keeping("shared"));
        awaitShares(still, "shared", Map.of(leaves.instance(), 8L, stays.instance(), 8L));

        leaves.close();
        assertThat(owned(still, "shared")).doesNotContainKey(leaves.instance());
        awaitShares(still, "shared", Map.of(stays.instance(), 16L));

        appendInTurn(40, 1);
        assertThat(running.awaitPosition(40, LIMIT)).isTrue();
        assertThat(positions()).containsExactlyInAnyOrderElementsOf(upTo(40));
    }

    @Test
    void oneThatIsAnnouncedWhileItClosesKeepsNothing() throws Exception {
        var announcing = new CountDownLatch(1);
        var closed = new CountDownLatch(1);
        var hold = new AtomicBoolean();
        var slow = new ForwardingSubscriptionStorage<>(still) {
            @Override
            public Map<String, Assignment> renew(String instance, Set<String> names, Duration lease) {
                if (hold.get()) {
                    announcing.countDown();
                    try {
                        await(closed);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
                return super.renew(instance, names, lease);
            }
        };
        var instance = open(slow, FAST);
        var running = instance.start(keeping("shared"));
        awaitShares(still, "shared", Map.of(instance.instance(), 16L));
        hold.set(true);
        await(announcing);
        running.close();
        closed.countDown();
        instance.close();

        assertThat(owned(still, "shared")).isEmpty();
        var next = open(still, FAST);
        next.start(keeping("shared"));
        awaitShares(still, "shared", Map.of(next.instance(), 16L));
    }

    @Test
    void oneThatCrashesIsReplacedWhenItsLeaseHasRunOut() throws Exception {
        var network = new Unplugged(still);
        var crashes = open(network, FAST);
        var stays = open(still, FAST);
        crashes.start(keeping("shared"));
        var running = stays.start(keeping("shared"));
        awaitShares(still, "shared", Map.of(crashes.instance(), 8L, stays.instance(), 8L));

        network.unplugged.set(true);
        appendInTurn(40, 2);
        assertThat(running.awaitPosition(80, Duration.ofMillis(50))).isFalse();
        assertThat(owned(still, "shared")).isEqualTo(Map.of(crashes.instance(), 8L, stays.instance(), 8L));
        await(
                "the one that stays did its part",
                () -> still.segments("shared").stream()
                        .filter(segment -> segment.owner().equals(Optional.of(stays.instance())))
                        .allMatch(segment -> segment.position() == 80));
        now.updateAndGet(time -> time.plus(FAST.lease()).plusMillis(1));

        assertThat(running.awaitPosition(80, LIMIT)).isTrue();
        awaitShares(still, "shared", Map.of(stays.instance(), 16L));
        assertThat(readModel).hasSize(80);
        for (int i = 0; i < 40; i++) {
            assertThat(versions("s-" + i)).containsExactly(1L, 2L);
        }
    }

    @Test
    void oneThatComesBackAfterItsLeaseTakesItsShareAgain() throws Exception {
        var network = new Unplugged(still);
        var sleeps = open(network, FAST);
        var stays = open(still, FAST);
        var first = sleeps.start(keeping("shared"));
        var second = stays.start(keeping("shared"));
        awaitShares(still, "shared", Map.of(sleeps.instance(), 8L, stays.instance(), 8L));
        network.unplugged.set(true);
        await("it noticed nothing", () -> first.status().state() == State.RUNNING);
        appendInTurn(40, 1);
        now.updateAndGet(time -> time.plus(FAST.lease()).plusMillis(1));
        assertThat(second.awaitPosition(40, LIMIT)).isTrue();

        network.unplugged.set(false);
        awaitShares(still, "shared", Map.of(sleeps.instance(), 8L, stays.instance(), 8L));
        appendInTurn(40, 1);
        assertThat(first.awaitPosition(80, LIMIT)).isTrue();

        assertThat(readModel).hasSize(80);
        for (int i = 0; i < 40; i++) {
            assertThat(versions("s-" + i)).containsExactly(1L, 2L);
        }
    }

    /** A storage that cannot be reached to write anything for a while. */
    private static final class Unplugged extends ForwardingSubscriptionStorage<List<StoredEvent>> {
        private final AtomicBoolean unplugged = new AtomicBoolean();

        Unplugged(SubscriptionStorage<List<StoredEvent>> storage) {
            super(storage);
        }

        private void requirePlug() {
            if (unplugged.get()) {
                throw new StoreUnavailableException("unplugged on purpose", null);
            }
        }

        @Override
        public Map<String, Assignment> renew(String instance, Set<String> subscriptions, Duration lease) {
            requirePlug();
            return super.renew(instance, subscriptions, lease);
        }

        @Override
        public void leave(String subscription, String instance) {
            requirePlug();
            super.leave(subscription, instance);
        }

        @Override
        public PageTransaction<List<StoredEvent>> begin(
                String subscription, Holding holding, Map<Integer, Checkpoint> to) throws Exception {
            requirePlug();
            return super.begin(subscription, holding, to);
        }
    }

    @Test
    void aPauseHoldsAllOfThem() throws Exception {
        var one = open(still, FAST);
        var other = open(still, FAST);
        var first = one.start(keeping("shared"));
        var second = other.start(keeping("shared"));
        awaitShares(still, "shared", Map.of(one.instance(), 8L, other.instance(), 8L));

        one.pause("shared", "anna");
        await("the first is paused", () -> first.status().state() == State.PAUSED);
        await("the second is paused", () -> second.status().state() == State.PAUSED);
        appendInTurn(40, 1);
        assertThat(second.awaitPosition(1, Duration.ofMillis(50))).isFalse();
        other.resume("shared");

        assertThat(first.awaitPosition(40, LIMIT)).isTrue();
        assertThat(readModel).hasSize(40);
    }

    @Test
    void aResetMovesAllOfThem() throws Exception {
        var one = open(still, FAST);
        var other = open(still, FAST);
        var first = one.start(keeping("shared"));
        other.start(keeping("shared"));
        awaitShares(still, "shared", Map.of(one.instance(), 8L, other.instance(), 8L));
        appendInTurn(40, 1);
        assertThat(first.awaitPosition(40, LIMIT)).isTrue();

        other.reset("shared", 0);
        await("every event came again", () -> readModel.size() == 80);

        for (int i = 0; i < 40; i++) {
            assertThat(versions("s-" + i)).containsExactly(1L, 1L);
        }
    }

    @Test
    void aLetterIsRetriedByWhoeverOwnsItsKeyNow() throws Exception {
        var broken = new AtomicBoolean(true);
        Reactor poison = event -> {
            if (broken.get() && event.version() == 1) {
                throw new AssertionError("poison");
            }
        };
        var leaves = open(still, FAST);
        var parking = leaves.start(projecting("shared", poison));
        appendInTurn(20, 2);
        assertThat(parking.awaitPosition(40, LIMIT)).isTrue();
        assertThat(readModel).isEmpty();
        leaves.close();

        var one = open(still, FAST);
        var other = open(still, FAST);
        one.start(projecting("shared", poison));
        var running = other.start(projecting("shared", poison));
        awaitShares(still, "shared", Map.of(one.instance(), 8L, other.instance(), 8L));
        appendInTurn(20, 1);
        assertThat(running.awaitPosition(60, LIMIT)).isTrue();
        assertThat(readModel).as("all keys are parked").isEmpty();
        broken.set(false);
        assertThat(still.deadLetters().retry(DeadLetterFilter.all(), "somebody"))
                .isEqualTo(20);

        await(
                "nothing is set aside",
                () -> still.deadLetters().count(DeadLetterFilter.all()).letters() == 0);
        for (int i = 0; i < 20; i++) {
            assertThat(versions("s-" + i)).containsExactly(1L, 2L, 3L);
        }
    }
}
