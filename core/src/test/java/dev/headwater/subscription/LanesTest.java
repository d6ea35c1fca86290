package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.DeadLetter.State;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A reactor handles keys side by side, and the events of a key one after the other. */
class LanesTest extends FailureFixture {

    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    private final List<String> beside = new CopyOnWriteArrayList<>();

    /** Notes when two events of a key are at work at once. */
    private void alone(StoredEvent event, Reactor reactor) throws Exception {
        var key = event.stream().name();
        if (!busy.add(key)) {
            beside.add(key);
        }
        try {
            reactor.react(event);
        } finally {
            busy.remove(key);
        }
    }

    @Test
    void aSlowKeyDoesNotHoldUpOthersAndWhatIsDoneBeyondItIsKept() throws Exception {
        append("slow", 1);
        appendInTurn(20, 3);
        var release = new CountDownLatch(1);
        var running = subscriptions.start(reacting("lanes", event -> {
            if (event.stream().name().equals("slow")) {
                await(release);
            }
        }));
        await("the others are done", () -> readModel.size() == 60);
        await(
                "that is stored",
                () -> checkpoints("lanes").stream().allMatch(checkpoint -> checkpoint.position() == 61));

        assertThat(checkpoints("lanes").stream().flatMap(checkpoint -> checkpoint.open().stream()))
                .containsExactly(1L);
        assertThat(running.status().position()).isZero();
        release.countDown();
        assertThat(running.awaitPosition(61, LIMIT)).isTrue();
        assertThat(positions()).hasSize(61).doesNotHaveDuplicates();
    }

    /** What is thrown at the first look at a failure must not cost the outcomes that were taken with it. */
    @Test
    void whatBecameOfAnEventIsNotForgottenWhenDealingWithItFails() throws Exception {
        append("a", 2);
        append("b", 1);
        var looks = new AtomicInteger();
        var shy = new IllegalStateException("shy") {
            private static final long serialVersionUID = 1L;

            @Override
            public StackTraceElement[] getStackTrace() {
                if (looks.getAndIncrement() == 0) {
                    throw new IllegalStateException("do not look");
                }
                return super.getStackTrace();
            }
        };
        var running = subscriptions.start(reacting(named("lanes").retrying(RetryPolicy.none()), event -> {
            if (isFirstOfA(event)) {
                throw shy;
            }
        }));

        assertThat(running.awaitPosition(3, LIMIT)).isTrue();

        assertThat(looks).hasPositiveValue();
        assertThat(states("lanes")).containsExactly(State.PARKED, State.WAITING);
    }

    private List<Checkpoint> checkpoints(String subscription) {
        return storage.holding(subscription, subscriptions.instance()).claims().stream()
                .map(claim -> claim.checkpoint())
                .toList();
    }

    @Test
    void anotherInstanceHandlesOnlyWhatWasOpen() throws Exception {
        append("slow", 2);
        appendInTurn(20, 1);
        var waiting = new CountDownLatch(1);
        var gone = new AtomicBoolean();
        var pluggable = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public Map<String, Assignment> renew(String instance, Set<String> names, Duration lease) {
                if (gone.get()) {
                    throw new StoreUnavailableException("gone on purpose", null);
                }
                return super.renew(instance, names, lease);
            }
        };
        var dying = open(pluggable, FAST);
        dying.start(reacting("lanes", event -> {
            if (event.stream().name().equals("slow")) {
                waiting.await();
            }
        }));
        await("the others are done", () -> readModel.size() == 20);
        await(
                "that is stored",
                () -> storage.holding("lanes", dying.instance()).claims().stream()
                        .allMatch(claim -> claim.checkpoint().position() == 22));
        gone.set(true);

        var other = open(storage, FAST).start(reacting("lanes", event -> {}));
        assertThat(other.awaitPosition(22, LIMIT)).isTrue();
        waiting.countDown();

        assertThat(versions("slow").subList(0, 2)).containsExactly(1L, 2L);
        assertThat(readModel.stream()
                        .filter(event -> !event.stream().name().equals("slow"))
                        .map(StoredEvent::position))
                .hasSize(20)
                .doesNotHaveDuplicates();
    }

    @Test
    void everyKeyKeepsItsOrderThroughFailuresAndTakeovers() throws Exception {
        for (int seed = 0; seed < 5; seed++) {
            requireOrder("lanes-" + seed, new Random(seed));
        }
    }

    /** Instances come and go while handlers fail at random; each key's events succeed in order. */
    private void requireOrder(String name, Random random) throws Exception {
        readModel.clear();
        long before = store.headPosition();
        int keys = 12;
        var streams = IntStream.range(0, keys).mapToObj(i -> name + "-" + i).toList();
        for (int round = 0; round < 15; round++) {
            streams.forEach(stream -> append(stream, 1));
        }
        var failing = new Random(random.nextLong());
        Subscription<List<StoredEvent>> subscription = named(name)
                .startingAt(StartFrom.after(before))
                .retrying(SOON.withAttempts(Integer.MAX_VALUE).openingCircuitAfter(1000))
                .reacting(event -> {
                    synchronized (failing) {
                        if (failing.nextInt(10) == 0) {
                            throw new IllegalStateException("at random");
                        }
                    }
                    readModel.add(event);
                });
        for (int i = 0; i < 4; i++) {
            var running = open(storage, FAST).start(subscription);
            int enough = readModel.size() + random.nextInt(40);
            await("some more is done", () -> readModel.size() >= Math.min(enough, 15 * keys));
            if (i < 3) {
                running.close();
            }
        }
        await("all is done", () -> letters(name).isEmpty() && handled(streams).size() == 15 * keys);
        for (var stream : streams) {
            var seen = new ArrayList<Long>();
            for (long version : versions(stream)) {
                if (!seen.contains(version)) {
                    seen.add(version);
                }
            }
            assertThat(seen).as(stream).isEqualTo(upTo(15));
        }
    }

    private Set<Long> handled(List<String> streams) {
        var handled = new HashSet<Long>();
        readModel.stream()
                .filter(event -> streams.contains(event.stream().name()))
                .forEach(event -> handled.add(event.position()));
        return handled;
    }

    @Test
    void noTwoEventsOfAKeyAreAtWorkAtOnce() throws Exception {
        appendInTurn(6, 40);
        var running = subscriptions.start(reacting("lanes", event -> alone(event, each -> LockSupport.parkNanos(1))));
        assertThat(running.awaitPosition(240, LIMIT)).isTrue();

        assertThat(beside).isEmpty();
        for (int i = 0; i < 6; i++) {
            assertThat(versions("s-" + i)).isEqualTo(upTo(40));
        }
    }

    @Test
    void noMoreKeysAreAtWorkAtOnceThanThereMayBe() throws Exception {
        appendInTurn(40, 2);
        var atWork = new AtomicInteger();
        var most = new AtomicInteger();
        var full = new CountDownLatch(3);
        var running = open(storage, FAST.withConcurrency(3)).start(reacting("lanes", event -> {
            most.accumulateAndGet(atWork.incrementAndGet(), Math::max);
            full.countDown();
            await(full);
            atWork.decrementAndGet();
        }));
        assertThat(running.awaitPosition(80, LIMIT)).isTrue();

        assertThat(most).hasValue(3);
    }

    @Test
    void aKeyWithMoreEventsThanAreKeptInMemoryIsHandledInOrder() throws Exception {
        append("hot", 3000);
        append("b", 1);
        var running = subscriptions.start(reacting("lanes", event -> {}));
        assertThat(running.awaitPosition(3001, LIMIT)).isTrue();

        assertThat(versions("hot")).isEqualTo(upTo(3000));
    }

    @Test
    void whatWaitsBehindAFailureIsSetAsideInOrderThoughItWasNotKeptInMemory() throws Exception {
        append("a", 1500);
        var entered = new CountDownLatch(1);
        var running = subscriptions.start(reacting("lanes", event -> {
            if (isFirstOfA(event)) {
                await(entered);
                breakForFirstOfA(event);
            }
        }));
        await("all is read", () -> running.status().segments().stream().anyMatch(segment -> true));
        entered.countDown();
        assertThat(running.awaitPosition(1500, LIMIT)).isTrue();
        assertThat(deadLetters.count(DeadLetterFilter.of("lanes")).letters()).isEqualTo(1500);
        broken.set(false);

        deadLetters.retry(DeadLetterFilter.of("lanes").at(1), "somebody");
        subscriptions.renewSoon();
        await("nothing is set aside", () -> letters("lanes").isEmpty());
        assertThat(versions("a")).isEqualTo(upTo(1500));
    }

    @Test
    void aCommitThatIsAnsweredByABrokenConnectionRepeatsNothing() throws Exception {
        append("a", 3);
        append("b", 3);
        var commits = new AtomicInteger();
        var unanswered = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public PageTransaction<List<StoredEvent>> begin(
                    String subscription, Holding holding, Map<Integer, Checkpoint> to) throws Exception {
                return new Transaction<>(super.begin(subscription, holding, to)) {
                    @Override
                    public void commit() throws Exception {
                        super.commit();
                        if (commits.incrementAndGet() < 4) {
                            throw new StoreUnavailableException("The answer was lost", null);
                        }
                    }
                };
            }
        };
        var running = open(unanswered, FAST).start(reacting("lanes", this::breakForFirstOfA));
        assertThat(running.awaitPosition(6, LIMIT)).isTrue();
        assertThat(versions("b")).isEqualTo(upTo(3));
        broken.set(false);
        commits.set(0);

        deadLetters.retry(DeadLetterFilter.of("lanes"), "somebody");
        await("nothing is set aside", () -> letters("lanes").isEmpty());
        assertThat(versions("a")).isEqualTo(upTo(3));
    }

    @Test
    void oneEventThatAloneSeemsOutOfReachCostsItsOwnKey() throws Exception {
        append("a", 1);
        appendInTurn(20, 2);
        append("a", 1);
        var running = subscriptions.start(reacting(named("lanes").retrying(RetryPolicy.none()), event -> {
            if (isFirstOfA(event)) {
                throw new StoreUnavailableException("only for this one", null);
            }
        }));
        assertThat(running.awaitPosition(42, LIMIT)).isTrue();

        assertThat(states("lanes")).containsExactly(State.PARKED, State.WAITING);
        assertThat(readModel).hasSize(40);
        await("it is well again", () -> running.status().state() == SubscriptionStatus.State.DEGRADED);
    }

    @Test
    void anOutageIsNobodysFaultHoweverLong() throws Exception {
        appendInTurn(30, 2);
        var running = subscriptions.start(reacting(named("lanes").retrying(RetryPolicy.none()), event -> {
            if (broken.get()) {
                throw new StoreUnavailableException("the key service is away", null);
            }
        }));
        await("it has failed often", () -> running.status().failures() > 30);
        assertThat(running.status().state()).isEqualTo(SubscriptionStatus.State.RETRYING);
        assertThat(letters("lanes")).isEmpty();
        broken.set(false);

        assertThat(running.awaitPosition(60, LIMIT)).isTrue();
        assertThat(letters("lanes")).isEmpty();
        assertThat(positions()).hasSize(60).doesNotHaveDuplicates();
    }

    @Test
    void failuresThatNoRetryWouldHelpOpenTheCircuitAndWhatWasSetAsideIsTriedAgain() throws Exception {
        appendInTurn(40, 1);
        var running = subscriptions.start(
                reacting(named("lanes").retrying(RetryPolicy.none().openingCircuitAfter(5)), event -> {
                    if (broken.get()) {
                        throw new AssertionError("a misspelt table");
                    }
                }));
        await("the circuit is open", () -> running.status().state() == SubscriptionStatus.State.RETRYING);
        assertThat(letters("lanes")).hasSizeLessThanOrEqualTo(5);
        broken.set(false);

        assertThat(running.awaitPosition(40, LIMIT)).isTrue();
        await("nothing is set aside", () -> letters("lanes").isEmpty());
        assertThat(positions()).containsExactlyInAnyOrderElementsOf(upTo(40));
    }

    @Test
    void aKeyThatCannotBeUsedCostsItsOwnEventOnly() throws Exception {
        append("a", 1);
        append("b", 1);
        append("c", 1);
        append("d", 1);
        append("e", 1);
        append("good", 1);
        Map<String, String> keys =
                Map.of("a", "with\0NUL", "b", "x".repeat(9000), "c", "half \uD83D", "d", "", "good", "good");
        var running = subscriptions.start(reacting(
                named("lanes").orderedBy(event -> keys.get(event.stream().name())), event -> {}));
        assertThat(running.awaitPosition(6, LIMIT)).isTrue();

        assertThat(positions()).containsExactly(6L);
        assertThat(states("lanes")).hasSize(5).containsOnly(State.PARKED);
    }

    @Test
    void anEventWhoseKeyCannotBeComputedIsWaitedForAndNeverGuessed() throws Exception {
        append("a", 2);
        var running = subscriptions.start(reacting(
                named("lanes").orderedBy(event -> {
                    if (broken.get()) {
                        throw new IllegalStateException("the key service is away");
                    }
                    return "key";
                }),
                event -> {}));
        await(
                "it says why",
                () -> running.status()
                        .lastError()
                        .filter(error -> error.getMessage().contains("sequence key of the event at position 1"))
                        .isPresent());
        assertThat(running.status().state()).isEqualTo(SubscriptionStatus.State.RETRYING);
        assertThat(letters("lanes")).isEmpty();
        broken.set(false);

        assertThat(running.awaitPosition(2, LIMIT)).isTrue();
        assertThat(positions()).isEqualTo(upTo(2));
    }

    @Test
    void hostileExceptionsCostTheirOwnEvent() throws Exception {
        append("a", 1);
        append("b", 1);
        append("c", 1);
        var running = subscriptions.start(reacting(
                named("lanes")
                        .retrying(
                                RetryPolicy.none().treating(StoreUnavailableException.class, FailureKind.UNAVAILABLE)),
                event -> {
                    switch (event.stream().name()) {
                        case "a" -> throw new Hostile();
                        case "b" -> throw causes(10_000);
                        default -> {}
                    }
                }));
        assertThat(running.awaitPosition(3, LIMIT)).isTrue();

        assertThat(states("lanes")).containsExactly(State.PARKED, State.PARKED);
        assertThat(positions()).containsExactly(3L);
    }

    @SuppressWarnings("ThrowableEqualsHashCode") // it must do no harm
    private static final class Hostile extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }

        @Override
        public boolean equals(Object other) {
            throw new IllegalStateException("no equality");
        }

        @Override
        public int hashCode() {
            throw new IllegalStateException("no hash");
        }
    }

    private static RuntimeException causes(int number) {
        var failure = new RuntimeException("the innermost");
        for (int i = 1; i < number; i++) {
            failure = new RuntimeException("one of many", failure);
        }
        return failure;
    }
}
