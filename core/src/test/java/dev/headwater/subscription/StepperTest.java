package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Subscriptions that are stepped by hand: on one thread, in an order that is drawn, at the time of a test's clock. */
class StepperTest {

    @MessageType("noted")
    record Noted(int number) implements DomainEvent {}

    private static final MessageTypes TYPES = MessageTypes.of(Noted.class);
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    /** One process over storages of its own. */
    private static final class OneProcess {
        private Instant now = BEGIN;
        private final List<String> done = new ArrayList<>();
        private final Stepper stepper;
        private final EventStore store;
        private final InMemorySubscriptionStorage<List<String>> storage;
        private final Subscriptions<List<String>> subscriptions;

        OneProcess(long seed) {
            stepper = new Stepper(() -> now, new Random(seed));
            store = new EventStore(new InMemoryEventStorage(), TYPES).withClock(() -> now);
            storage = new InMemorySubscriptionStorage<>(done, () -> now);
            subscriptions = new Subscriptions<>(store, storage, SubscriptionSettings.DEFAULT.steppedBy(stepper));
        }

        void append(int key, int number) {
            store.append(StreamId.of("key", "" + key), ExpectedVersion.any(), new Noted(number));
        }

        void settle() {
            for (int steps = 0; stepper.step(); steps++) {
                assertThat(steps).isLessThan(10_000);
            }
        }

        /** Lets everything happen that comes by itself until then. */
        void pass(Duration time) {
            var end = now.plus(time);
            settle();
            while (stepper.next().filter(next -> !next.isAfter(end)).isPresent()) {
                now = stepper.next().get();
                settle();
            }
            now = end;
            settle();
        }
    }

    private static List<String> reactions(long seed) {
        var process = new OneProcess(seed);
        process.subscriptions.start(Subscription.named("reactor")
                .reacting(event -> process.done.add(event.stream() + " " + event.version() + " "
                        + Thread.currentThread().getName())));
        for (int number = 0; number < 4; number++) {
            for (int key = 0; key < 4; key++) {
                process.append(key, number);
            }
        }
        process.settle();
        return process.done;
    }

    @Test
    void everythingHappensOnTheThreadThatSteps() {
        assertThat(reactions(1))
                .hasSize(16)
                .allMatch(done -> done.endsWith(Thread.currentThread().getName()));
    }

    @Test
    void theSameSeedGivesTheSameOrderAndAnotherSeedAnotherOne() {
        assertThat(reactions(1)).isEqualTo(reactions(1)).isNotEqualTo(reactions(2));
    }

    @Test
    void theEventsOfAKeyKeepTheirOrder() {
        for (int seed = 0; seed < 50; seed++) {
            var done = reactions(seed);
            for (int key = 0; key < 4; key++) {
                var stream = "key-" + key + " ";
                assertThat(done.stream().filter(each -> each.startsWith(stream)))
                        .isSortedAccordingTo(String::compareTo)
                        .hasSize(4);
            }
        }
    }

    @Test
    void nothingHappensUnlessItIsStepped() {
        var process = new OneProcess(1);
        process.subscriptions.start(Subscription.named("projection")
                .projecting((events, done) -> events.forEach(event -> done.add("" + event.position()))));
        process.append(1, 1);

        assertThat(process.stepper.hasSomethingToDo()).isTrue();
        assertThat(process.done).isEmpty();
        process.settle();
        assertThat(process.done).containsExactly("1");
        assertThat(process.stepper.hasSomethingToDo()).isFalse();
    }

    @Test
    void aRetryWaitsForTheClockAndForNothingElse() {
        var process = new OneProcess(1);
        var attempts = new AtomicInteger();
        process.subscriptions.start(Subscription.named("reactor")
                .retrying(RetryPolicy.DEFAULT.withPauses(Duration.ofHours(1), Duration.ofHours(1)))
                .reacting(event -> {
                    if (attempts.incrementAndGet() == 1) {
                        throw new IllegalArgumentException("once");
                    }
                }));
        process.append(1, 1);

        process.pass(Duration.ofMinutes(20));
        assertThat(attempts).hasValue(1);
        process.pass(Duration.ofMinutes(70));
        assertThat(attempts).hasValue(2);
    }

    @Test
    void whatADeadProcessHasOwnedIsTakenOverWhenItsLeaseHasEnded() {
        var process = new OneProcess(1);
        var subscription = Subscription.named("projection")
                .<List<String>>projecting((events, done) -> events.forEach(event -> done.add("" + event.position())));
        process.subscriptions.start(subscription);
        process.append(1, 1);
        process.settle();
        var successor = new Stepper(() -> process.now, new Random(2));
        var subscriptions =
                new Subscriptions<>(process.store, process.storage, SubscriptionSettings.DEFAULT.steppedBy(successor));
        process.append(1, 2);

        subscriptions.start(subscription);
        process.now = process.now.plusSeconds(60);
        while (successor.step()) {}

        assertThat(process.done).containsExactly("1", "2");
    }

    @Test
    void closingFinishesWhatIsAtHand() {
        var process = new OneProcess(1);
        process.subscriptions.start(
                Subscription.named("reactor").reacting(event -> process.done.add("" + event.position())));
        process.append(1, 1);
        process.append(2, 1);
        while (process.done.isEmpty()) {
            assertThat(process.stepper.step()).isTrue();
        }

        assertThat(process.subscriptions.close(Duration.ofSeconds(8))).isEmpty();

        assertThat(process.done).hasSize(2);
        assertThat(process.storage.segments("reactor"))
                .allMatch(segment -> segment.owner().isEmpty());
    }
}
