package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.failure.Failure;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.DeadLetter.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What listeners of subscriptions are told, and that it is nobody's harm when they fail. */
class ListenerTest extends FailureFixture {

    private static final Set<Integer> ALL = Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

    private final Told told = new Told();

    /** Writes down all it is told, as "what subscription details". */
    private static final class Told implements SubscriptionListener {
        private final List<String> all = new CopyOnWriteArrayList<>();
        private final AtomicInteger events = new AtomicInteger();
        private final List<Set<Integer>> gained = new CopyOnWriteArrayList<>();
        private final List<Set<Integer>> lost = new CopyOnWriteArrayList<>();

        @Override
        public void handled(String subscription, int number, Duration took) {
            assertThat(took).isPositive();
            events.addAndGet(number);
        }

        @Override
        public void failed(String subscription, Throwable failure) {
            all.add("failed " + subscription + " " + failure.getMessage());
        }

        @Override
        public void parked(String subscription, long position, State state, Optional<Failure> failure) {
            all.add("parked " + subscription + " " + position + " " + state
                    + failure.map(why -> " " + why.message()).orElse(""));
        }

        @Override
        public void settled(String subscription, long position) {
            all.add("settled " + subscription + " " + position);
        }

        @Override
        public void gained(String subscription, Set<Integer> segments) {
            gained.add(segments);
        }

        @Override
        public void lost(String subscription, Set<Integer> segments) {
            lost.add(segments);
        }

        @Override
        public void committed(String subscription, long position) {
            all.add("committed " + subscription + " " + position);
        }
    }

    private Subscriptions<List<StoredEvent>> listened() {
        return open(storage, FAST.withListener(told));
    }

    @Test
    void aPageIsToldWhenItIsHandledAndWhenItIsCommitted() throws Exception {
        append(3);
        var running = listened().start(keeping("all"));
        assertThat(running.awaitPosition(3, LIMIT)).isTrue();

        assertThat(told.all).containsExactly("committed all 3");
        assertThat(told.events).hasValue(3);
    }

    @Test
    void whatAReactorHandledIsToldToo() throws Exception {
        append("a", 1);
        append("b", 1);
        var running = listened().start(reacting("all", event -> {}));
        assertThat(running.awaitPosition(2, LIMIT)).isTrue();

        assertThat(told.events).hasValue(2);
        assertThat(told.all).endsWith("committed all 2");
    }

    @Test
    void segmentsAreToldWhenTheyComeAndGo() throws Exception {
        var one = listened();
        var running = one.start(keeping("shared"));
        await("it has them all", () -> told.gained.equals(List.of(ALL)));

        var other = open(storage, FAST);
        other.start(keeping("shared"));
        await(
                "it has given half of them away",
                () -> told.lost.stream().mapToInt(Set::size).sum() == 8);
        running.close();

        assertThat(told.lost.stream().mapToInt(Set::size).sum()).isEqualTo(16);
        assertThat(told.gained).hasSize(1);
    }

    @Test
    void lettersOfAProjectionAreToldWhenTheyAreParkedAndSettled() throws Exception {
        requireLettersAreTold(projecting(named("poisoned"), this::breakForFirstOfA));
    }

    @Test
    void lettersOfAReactorAreToldWhenTheyAreParkedAndSettled() throws Exception {
        requireLettersAreTold(reacting(named("poisoned"), this::breakForFirstOfA));
    }

    private void requireLettersAreTold(Subscription<List<StoredEvent>> subscription) throws Exception {
        append("a", 2);
        var instance = listened();
        var running = instance.start(subscription);
        assertThat(running.awaitPosition(2, LIMIT)).isTrue();
        await("both are told", () -> told.all.contains("parked poisoned 2 WAITING"));
        assertThat(told.all).contains("parked poisoned 1 PARKED broken on purpose");

        deadLetters.retry(DeadLetterFilter.of("poisoned"), "anna");
        instance.renewSoon();
        await("it has failed again", () -> letters("poisoned").getFirst().attempts() == 2);
        await(
                "that is told",
                () -> told.all.stream()
                                .filter("parked poisoned 1 PARKED broken on purpose"::equals)
                                .count()
                        == 2);
        broken.set(false);
        deadLetters.retry(DeadLetterFilter.of("poisoned"), "anna");
        instance.renewSoon();

        await("both are settled", () -> told.all.containsAll(List.of("settled poisoned 1", "settled poisoned 2")));
    }

    @Test
    void aFailureIsToldBeforeItIsTriedAgain() throws Exception {
        append("a", 1);
        Reactor away = event -> {
            if (broken.get()) {
                throw new StoreUnavailableException("away", null);
            }
        };
        var instance = listened();
        instance.start(projecting("projection", away));
        instance.start(reacting("reactor", away));

        await("both are told", () -> told.all.containsAll(List.of("failed projection away", "failed reactor away")));
    }

    @Test
    void listenersThatThrowWhateverTheyAreToldStopNothing() throws Exception {
        var thrown = new AtomicInteger();
        var hostile = new SubscriptionListener() {
            private void fail() {
                if (thrown.incrementAndGet() % 2 == 0) {
                    throw new StackOverflowError("on purpose");
                } else {
                    throw new IllegalStateException("on purpose");
                }
            }

            @Override
            public void handled(String subscription, int events, Duration took) {
                fail();
            }

            @Override
            public void failed(String subscription, Throwable failure) {
                fail();
            }

            @Override
            public void parked(String subscription, long position, State state, Optional<Failure> failure) {
                fail();
            }

            @Override
            public void settled(String subscription, long position) {
                fail();
            }

            @Override
            public void gained(String subscription, Set<Integer> segments) {
                fail();
            }

            @Override
            public void lost(String subscription, Set<Integer> segments) {
                fail();
            }

            @Override
            public void committed(String subscription, long position) {
                fail();
            }
        };
        append("a", 2);
        append("b", 2);
        var instance = open(storage, FAST.withListener(hostile).withListener(told));
        var projection = instance.start(projecting(named("projection").retrying(FOR_EVER), this::failForFirstOfA));
        var reactor = instance.start(reacting(named("reactor").retrying(FOR_EVER), this::failForFirstOfA));
        assertThat(projection.awaitPosition(4, LIMIT)).isTrue();
        assertThat(reactor.awaitPosition(4, LIMIT)).isTrue();
        broken.set(false);

        await(
                "nothing is set aside",
                () -> letters("projection").isEmpty() && letters("reactor").isEmpty());
        projection.close();
        reactor.close();
        assertThat(positions()).containsExactlyInAnyOrder(1L, 1L, 2L, 2L, 3L, 3L, 4L, 4L);
        assertThat(told.all).as("whoever is told next is told").contains("settled projection 1", "settled reactor 1");
        assertThat(thrown.get()).isGreaterThan(10);
    }
}
