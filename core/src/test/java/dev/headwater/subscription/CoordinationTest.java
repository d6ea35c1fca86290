package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.store.Direction;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.ForwardingEventStorage;
import dev.headwater.store.spi.Page;
import dev.headwater.subscription.SubscriptionStatus.State;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Nothing waits without end, and what one subscription waits for holds up no other. */
class CoordinationTest extends SubscriptionFixture {

    /** What fails waits for so long that nothing is set aside during a test. */
    private static final SubscriptionSettings SLOW_TO_TRY_AGAIN =
            FAST.recoveringWith(Duration.ofMinutes(1), Duration.ofMinutes(1));

    /** Waits for what is never answered, unless the thread that waits is interrupted. */
    private static void neverAnswered() {
        try {
            new CountDownLatch(1).await();
            throw new AssertionError("unreachable");
        } catch (InterruptedException e) {
            throw new IllegalStateException("the connection was closed", e);
        }
    }

    @Test
    void anErrorInARenewalEndsThatRoundOnly() throws Exception {
        var left = new AtomicInteger(3);
        var failing = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public Map<String, Assignment> renew(String instance, Set<String> names, Duration lease) {
                if (left.getAndDecrement() > 0) {
                    throw new OutOfMemoryError("on purpose");
                }
                return super.renew(instance, names, lease);
            }
        };
        append(2);

        var running = open(failing, FAST).start(keeping("all"));

        assertThat(running.awaitPosition(2, LIMIT)).isTrue();
    }

    @Test
    void aStartThatWaitsForTheDatabaseHoldsNobodyUp() throws Exception {
        var entered = new CountDownLatch(1);
        var answer = new CountDownLatch(1);
        var slow = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public int register(String subscription, int segments, long initialPosition) {
                if (subscription.equals("slow")) {
                    entered.countDown();
                    try {
                        answer.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
                return super.register(subscription, segments, initialPosition);
            }
        };
        var instance = open(slow, FAST);
        var quick = instance.start(keeping("quick"));
        var starter = Thread.ofVirtual().start(() -> instance.start(keeping("slow")));
        await(entered);

        append(3);
        assertThat(quick.awaitPosition(3, LIMIT)).isTrue();
        assertThat(instance.start(keeping("another")).awaitPosition(3, LIMIT)).isTrue();
        assertThatThrownBy(() -> instance.start(keeping("slow"))).hasMessageContaining("running already");

        answer.countDown();
        starter.join();
        assertThat(instance.status()).hasSize(3);
    }

    @Test
    void aForgottenSubscriptionEndsWhereItRunsAndNoOtherDoes() throws Exception {
        var gone = subscriptions.start(keeping("gone"));
        var other = subscriptions.start(reacting("other", event -> {}));
        append(1);
        assertThat(gone.awaitPosition(1, LIMIT)).isTrue();

        open(storage, FAST).forget("gone");

        await("it ends", () -> gone.status().state() == State.FORGOTTEN);
        append(20);
        assertThat(other.awaitPosition(21, LIMIT)).isTrue();
        assertThat(subscriptions.start(keeping("gone")).awaitPosition(21, LIMIT))
                .as("it can be started anew")
                .isTrue();
    }

    /** The coordinator interrupts a worker that has been silent for two leases, as closing does. */
    @Test
    void closingLeavesBehindWhatIgnoresThatItIsInterruptedTwice() throws Exception {
        append(1);
        var entered = new CountDownLatch(1);
        var release = new AtomicBoolean();
        var instance = open(storage, FAST.withLease(Duration.ofMillis(50)));
        instance.start(reacting("stubborn", event -> {
            entered.countDown();
            while (!release.get()) {
                LockSupport.parkNanos(1_000_000);
            }
        }));
        await(entered);

        assertThat(instance.close(Duration.ofSeconds(1))).containsExactly("stubborn");
        release.set(true);
    }

    @Test
    void closingLeavesBehindWhatIgnoresThatItIsInterrupted() throws Exception {
        append(1);
        var entered = new CountDownLatch(1);
        var release = new AtomicBoolean();
        subscriptions.start(reacting("stubborn", event -> {
            entered.countDown();
            while (!release.get()) {
                LockSupport.parkNanos(1_000_000);
            }
        }));
        var obedient = subscriptions.start(keeping("obedient"));
        await(entered);

        var former = subscriptions.instance();
        assertThat(subscriptions.close(Duration.ofMillis(300))).containsExactly("stubborn");
        assertThat(obedient.status().state()).isEqualTo(State.STOPPED);

        var again = subscriptions.start(keeping("stubborn"));
        assertThat(subscriptions.instance()).as("a name of its own").isNotEqualTo(former);
        release.set(true);
        assertThat(again.awaitPosition(1, LIMIT)).isTrue();
    }

    @Test
    void closingDoesNotWaitForADatabaseThatIsAway() throws Exception {
        append(1);
        var away = new AtomicBoolean();
        var entered = new CountDownLatch(1);
        var silent = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public PageTransaction<List<StoredEvent>> begin(
                    String subscription, Holding holding, Map<Integer, Checkpoint> to) throws Exception {
                if (away.get()) {
                    entered.countDown();
                    neverAnswered();
                }
                return super.begin(subscription, holding, to);
            }
        };
        var instance = open(silent, PATIENT);
        assertThat(instance.start(keeping("all")).awaitPosition(1, LIMIT)).isTrue();
        away.set(true);
        append(1);
        await(entered);

        assertThat(instance.close(Duration.ofMillis(400)))
                .as("left behind, since the call was interrupted")
                .isEmpty();
    }

    @Test
    void oneThatGetsNoAnswerGivesWayToOthersAndComesBack() throws Exception {
        var hangs = new AtomicBoolean(true);
        var silent = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public PageTransaction<List<StoredEvent>> begin(
                    String subscription, Holding holding, Map<Integer, Checkpoint> to) throws Exception {
                if (hangs.get()) {
                    neverAnswered();
                }
                return super.begin(subscription, holding, to);
            }
        };
        append(1);
        var stuck = open(silent, FAST).start(keeping("shared"));
        await(
                "it owns everything",
                () -> stuck.status().segments().stream()
                        .allMatch(segment -> segment.owner().isPresent()));

        var healthy = open(storage, FAST).start(keeping("shared"));

        assertThat(healthy.awaitPosition(1, LIMIT)).isTrue();
        assertThat(positions()).contains(1L);
        hangs.set(false);
        append(20);
        assertThat(stuck.awaitPosition(21, LIMIT)).isTrue();
        await("it works again", () -> stuck.status().failures() == 0);
    }

    @Test
    void goesOnAloneAfterCallsThatAreNeverAnswered() throws Exception {
        var reads = new AtomicInteger(2);
        var renewals = new AtomicInteger(1);
        var silentLog = new EventStore(
                new ForwardingEventStorage(log) {
                    @Override
                    public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
                        if (Thread.currentThread().isVirtual() && reads.getAndDecrement() > 0) {
                            neverAnswered();
                        }
                        return super.readLog(query, direction, beyond, limit);
                    }
                },
                store.serializer());
        var silent = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public Map<String, Assignment> renew(String instance, Set<String> names, Duration lease) {
                if (renewals.getAndDecrement() > 0) {
                    neverAnswered();
                }
                return super.renew(instance, names, lease);
            }
        };
        append(3);

        var running = open(silentLog, silent, FAST).start(keeping("all"));

        assertThat(running.awaitPosition(3, LIMIT)).isTrue();
        assertThat(positions()).isEqualTo(upTo(3));
    }

    @Test
    void whatNobodyWantsIsReadOnceForAll() throws Exception {
        var reads = new AtomicInteger();
        var counting = new EventStore(
                new ForwardingEventStorage(log) {
                    @Override
                    public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
                        reads.incrementAndGet();
                        return super.readLog(query, direction, beyond, limit);
                    }
                },
                store.serializer());
        var instance = open(counting, storage, PATIENT);
        var all = new ArrayList<RunningSubscription<List<StoredEvent>>>();
        for (int i = 0; i < 20; i++) {
            all.add(instance.start(keeping(named("picky-" + i).events(EventQuery.ofTypes(Set.of("other"))))));
        }
        append(1);
        requireReached(all, 1);
        reads.set(0);

        for (int i = 2; i <= 51; i++) {
            append(1);
            requireReached(all, i);
        }
        assertThat(reads.get()).isLessThan(50 * 5);
        assertThat(all.getFirst().status().lag()).isZero();

        store.append(new StreamId("s"), ExpectedVersion.any(), new Other());
        requireReached(all, 52);
        assertThat(positions()).hasSize(20).containsOnly(52L);
    }

    private static void requireReached(List<RunningSubscription<List<StoredEvent>>> all, long position)
            throws Exception {
        for (var each : all) {
            assertThat(each.awaitPosition(position, LIMIT)).isTrue();
        }
    }

    @Test
    void noMoreTransactionsAreBegunThanFit() throws Exception {
        var open = new AtomicInteger();
        var most = new AtomicInteger();
        var narrow = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public int concurrentTransactions() {
                return 2;
            }

            @Override
            public PageTransaction<List<StoredEvent>> begin(
                    String subscription, Holding holding, Map<Integer, Checkpoint> to) throws Exception {
                most.accumulateAndGet(open.incrementAndGet(), Math::max);
                try {
                    return new Transaction<>(super.begin(subscription, holding, to)) {
                        @Override
                        public void close() {
                            open.decrementAndGet();
                            super.close();
                        }
                    };
                } catch (RuntimeException e) {
                    open.decrementAndGet();
                    throw e;
                }
            }
        };
        append(5);
        var instance = open(narrow, FAST.withLease(LIMIT));
        var all = new ArrayList<RunningSubscription<List<StoredEvent>>>();
        for (int i = 0; i < 8; i++) {
            all.add(instance.start(keeping(named("crowd-" + i).batchSize(1))));
        }
        requireReached(all, 5);

        assertThat(most.get()).isBetween(1, 2);
    }

    @Test
    void whoeverWaitsForATransactionForTooLongSaysWhoHasThem() throws Exception {
        var turns = new Turns(1);
        turns.take("greedy");
        var shared = new WorkerState();
        var narrow = new TakingTurns<>(storage, turns, shared, Duration.ofMillis(1));
        storage.register("waiting", 1, 0);
        var holding = storage.holding("waiting", "nobody");
        var waiting = Thread.ofVirtual().start(() -> {
            try {
                narrow.begin("waiting", holding, Map.of()).close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });

        await("it says so", () -> shared.failures() == 1);
        assertThat(shared.activity(0, 0).lastError().orElseThrow())
                .hasMessageContaining("'waiting'")
                .hasMessageContaining("[greedy]");
        turns.giveBack("greedy");
        assertThat(waiting.join(LIMIT)).isTrue();
        assertThat(turns.holders()).isEmpty();
    }

    @Test
    void afterAResetAwaitingWaitsUntilTheEventsHaveComeAgain() throws Exception {
        append(2);
        var running = subscriptions.start(keeping("again"));
        for (int i = 1; i <= 20; i++) {
            assertThat(running.awaitPosition(2, LIMIT)).isTrue();
            assertThat(readModel).hasSize(2 * i);
            subscriptions.reset("again", 0);
        }
    }

    @Test
    void awaitingWaitsUntilTheEventsHaveComeAgainAlsoWhenAnotherInstanceHasReset() throws Exception {
        append(2);
        var running = subscriptions.start(keeping("again"));
        var other = open(storage, FAST);
        for (int i = 1; i <= 20; i++) {
            assertThat(running.awaitPosition(2, LIMIT)).isTrue();
            assertThat(readModel).hasSize(2 * i);
            other.reset("again", 0);
        }
    }

    @Test
    void whoHasNotBeenToldOfAResetAwaitsInVain() throws Exception {
        var running = open(storage, PATIENT).start(keeping("again"));
        var appended = store.append(new StreamId("s"), ExpectedVersion.any(), new Noted(1));
        assertThat(running.awaitCaughtUp(appended, LIMIT)).isTrue();

        open(storage, FAST).reset("again", 0);

        assertThat(running.awaitCaughtUp(appended, Duration.ofMillis(50))).isFalse();
        assertThat(running.awaitPosition(1, Duration.ZERO)).isFalse();
        assertThat(running.status().position()).isZero();
    }

    @Test
    void aPausedSubscriptionShowsWhereAnotherInstanceHasResetIt() throws Exception {
        append(2);
        var running = subscriptions.start(keeping("again"));
        assertThat(running.awaitPosition(2, LIMIT)).isTrue();
        var other = open(storage, FAST);
        other.pause("again", "anna");
        await("it is paused", () -> running.status().state() == State.PAUSED);

        other.reset("again", 0);

        await("it shows that", () -> running.status().position() == 0);
        assertThat(running.awaitPosition(2, Duration.ofMillis(50))).isFalse();
    }

    @Test
    void aResetBeyondTheEndOfTheLogIsRefused() {
        append(2);
        subscriptions.start(keeping("all"));

        assertThatThrownBy(() -> subscriptions.reset("all", 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 to 2");
    }

    @Test
    void checkpointsBeyondARestoredLogAreTold() {
        storage.register("restored", 2, 7);
        append(3);

        var running = subscriptions.start(keeping("restored"));

        assertThat(running.status().state()).isEqualTo(State.BEYOND_THE_LOG);
        assertThat(running.status().reason()).contains("stand at 7").contains("ends at 3");
    }

    @Test
    void namesThatNobodyKnowsAreRefused() {
        subscriptions.start(keeping("orders"));

        assertThatThrownBy(() -> subscriptions.pause("order", "anna")).hasMessageContaining("'orders'");
        assertThatThrownBy(() -> subscriptions.resume("order")).isInstanceOf(UnknownSubscriptionException.class);
        assertThatThrownBy(() -> subscriptions.reset("order", 0)).isInstanceOf(UnknownSubscriptionException.class);
        assertThatThrownBy(() -> subscriptions.forget("order")).isInstanceOf(UnknownSubscriptionException.class);
    }

    @Test
    void theStatusTellsWhoPausedAndWhatTookThePlace() throws Exception {
        var former = subscriptions.start(keeping("orders"));
        subscriptions.pause("orders", "anna");
        await("it is paused", () -> former.status().state() == State.PAUSED);
        assertThat(former.status().reason()).startsWith("by anna since ");
        subscriptions.resume("orders");

        subscriptions.start(keeping("orders@2"));
        subscriptions.replace("orders", "orders@2", LIMIT, transaction -> {});

        await("it was replaced", () -> former.status().state() == State.REPLACED);
        assertThat(former.status().reason()).contains("orders@2");
        assertThatThrownBy(() -> subscriptions.resume("orders")).isInstanceOf(IllegalStateException.class);
        assertThat(subscriptions.overview())
                .extracting(SubscriptionOverview::name)
                .containsExactly("orders", "orders@2");
    }

    @Test
    void theStatusTellsSinceWhenAndWhyLeasesAreNotRenewed() throws Exception {
        var away = new AtomicBoolean();
        var failing = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public Map<String, Assignment> renew(String instance, Set<String> names, Duration lease) {
                if (away.get()) {
                    throw new IllegalStateException("on purpose");
                }
                return super.renew(instance, names, lease);
            }
        };
        var running = open(failing, FAST).start(keeping("all"));
        away.set(true);

        await("it is told", () -> running.status().state() == State.NOT_RENEWED);
        assertThat(running.status().reason()).contains("since ").contains("java.lang.IllegalStateException");
        away.set(false);
        await("it is well again", () -> running.status().state() == State.RUNNING);
    }

    @Test
    void theStatusCostsTheSameHoweverFarItIsBehind() throws Exception {
        var running = open(storage, SLOW_TO_TRY_AGAIN)
                .start(reacting(named("picky").events(EventQuery.ofTypes(Set.of("other"))), event -> {
                    throw new StoreUnavailableException("away", null);
                }));
        append(250);
        store.append(new StreamId("s"), ExpectedVersion.any(), new Other());
        await("it tells why it waits", () -> running.status().reason().contains("StoreUnavailableException"));

        assertThat(running.status().oldestWaiting()).isPresent();
    }

    @Test
    void theLogIsReadOnceForTheStatusOfAllThatStandAtOnePlace() {
        var asking = Thread.currentThread();
        var reads = new AtomicInteger();
        var counting = new EventStore(
                new ForwardingEventStorage(log) {
                    @Override
                    public Page readLog(EventQuery query, Direction direction, long beyond, int limit) {
                        if (Thread.currentThread() == asking) {
                            reads.incrementAndGet();
                        }
                        return super.readLog(query, direction, beyond, limit);
                    }
                },
                store.serializer());
        append(3);
        var instance = open(counting, storage, SLOW_TO_TRY_AGAIN);
        for (int i = 0; i < 20; i++) {
            instance.start(reacting("stuck-" + i, event -> {
                throw new StoreUnavailableException("away", null);
            }));
        }

        assertThat(instance.status())
                .hasSize(20)
                .allMatch(status -> status.lag() == 3 && status.oldestWaiting().isPresent());
        assertThat(reads).hasValue(1);
    }
}
