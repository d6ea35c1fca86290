package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.Envelope;
import dev.headwater.failure.FailureKind;
import dev.headwater.store.Append;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.Hints;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.ForwardingEventStorage;
import dev.headwater.subscription.SubscriptionStatus.State;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.ParkedSequence;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** One instance whose handlers do not fail. */
class SubscriptionsTest extends SubscriptionFixture {

    @Test
    void projectsEveryEventOnceInOrder() throws Exception {
        append(1200);

        var running = subscriptions.start(keeping("all"));
        assertThat(running.awaitPosition(1200, LIMIT)).isTrue();
        append(300);
        assertThat(running.awaitPosition(1500, LIMIT)).isTrue();

        assertThat(positions()).isEqualTo(upTo(1500));
    }

    @Test
    void letsACallerReadWhatItWrote() throws Exception {
        var running = subscriptions.start(keeping("all"));

        var appended = store.append(new StreamId("s"), ExpectedVersion.any(), new Noted(1), new Noted(2));
        assertThat(running.awaitCaughtUp(appended, LIMIT)).isTrue();

        assertThat(positions()).containsExactly(1L, 2L);
        assertThat(running.awaitPosition(3, Duration.ofMillis(1))).isFalse();
    }

    @Test
    void projectsTheEventsOfAllSegmentsInOrder() throws Exception {
        appendInTurn(40, 3);

        var running = subscriptions.start(keeping(named("all").batchSize(7)));
        assertThat(running.awaitPosition(120, LIMIT)).isTrue();

        assertThat(positions()).isEqualTo(upTo(120));
    }

    @Test
    void goesOnAtItsCheckpointAfterARestart() throws Exception {
        append(10);
        var first = subscriptions.start(keeping("all"));
        assertThat(first.awaitPosition(10, LIMIT)).isTrue();
        first.close();
        append(5);

        var second = subscriptions.start(keeping("all"));
        assertThat(second.awaitPosition(15, LIMIT)).isTrue();

        assertThat(positions()).isEqualTo(upTo(15));
    }

    @Test
    void handsOverOnlyTheEventsThatItWants() throws Exception {
        append(3);
        store.append(new StreamId("s"), ExpectedVersion.any(), new Other());
        append(3);

        var running = subscriptions.start(keeping(named("others").events(EventQuery.ofTypes(Set.of("other")))));
        assertThat(running.awaitPosition(7, LIMIT)).isTrue();

        assertThat(positions()).containsExactly(4L);
    }

    @Test
    void storesHowFarItHasComeAlsoWhereNothingIsWanted() throws Exception {
        append(20);

        subscriptions.start(keeping(named("others").events(EventQuery.ofTypes(Set.of("other")))));

        await(
                "every checkpoint stands at the head",
                () -> storage.segments("others").stream().allMatch(segment -> segment.position() == 20));
        assertThat(positions()).isEmpty();
    }

    @Test
    void handsOverNoMoreThanABatchAtOnce() throws Exception {
        append(10);
        var sizes = new CopyOnWriteArrayList<Integer>();

        var running = subscriptions.start(Subscription.named("batches")
                .batchSize(4)
                .<List<StoredEvent>>projecting((events, model) -> sizes.add(events.size())));
        assertThat(running.awaitPosition(10, LIMIT)).isTrue();

        assertThat(sizes).containsExactly(4, 4, 2);
    }

    @Test
    void handsOverWhatItWantsByTagsTypesAndCategories() throws Exception {
        for (var tag : List.of("red", "blue", "red")) {
            for (var stream : List.of("a-1", "b-1")) {
                var noted = NewEvent.of(new Noted(0));
                var other = NewEvent.of(new Other());
                store.append(Append.to(
                        new StreamId(stream),
                        ExpectedVersion.any(),
                        List.of(
                                new NewEvent(noted.envelope(), Set.of(tag)),
                                new NewEvent(other.envelope(), Set.of(tag)))));
            }
        }
        var wanted = new EventQuery(List.of(
                new EventQuery.Criterion(Set.of("noted"), Set.of("a"), Set.of("red")),
                new EventQuery.Criterion(Set.of("other"), Set.of(), Set.of("blue"))));

        var running = subscriptions.start(keeping(named("picky").events(wanted).batchSize(2)));
        assertThat(running.awaitPosition(12, LIMIT)).isTrue();

        assertThat(positions()).containsExactly(1L, 6L, 8L, 9L);
    }

    @Test
    void tellsHowItIsDoing() throws Exception {
        appendInTurn(8, 2);

        var running = subscriptions.start(keeping(named("all").segments(4)));
        assertThat(running.awaitPosition(16, LIMIT)).isTrue();
        var status = running.status();

        assertThat(status.name()).isEqualTo("all");
        assertThat(status.state()).isEqualTo(State.RUNNING);
        assertThat(status.position()).isEqualTo(16);
        assertThat(status.lag()).isZero();
        assertThat(status.oldestWaiting()).isEmpty();
        assertThat(status.eventsPerSecond()).isPositive();
        assertThat(status.timeLeft()).contains(Duration.ZERO);
        assertThat(status.failures()).isZero();
        assertThat(status.lastError()).isEmpty();
        assertThat(status.segments())
                .extracting(SubscriptionStatus.Segment::owner)
                .hasSize(4)
                .containsOnly(Optional.of(subscriptions.instance()));
        assertThat(subscriptions.status()).hasSize(1);
    }

    @Test
    void tellsNothingMoreOfOneThatWasForgotten() throws Exception {
        var running = subscriptions.start(keeping("gone"));
        running.close();
        subscriptions.forget("gone");
        append(3);

        assertThat(running.status().state()).isEqualTo(State.STOPPED);
        assertThat(running.status().segments()).isEmpty();
        assertThat(running.status().oldestWaiting()).isEmpty();
        assertThat(running.awaitPosition(3, Duration.ofMillis(1))).isFalse();
    }

    @Test
    void tellsTheAgeOfTheOldestEventThatWaits() throws Exception {
        appendAt(NOON, NOON.plusSeconds(60), NOON.plusSeconds(30));
        store.append(new StreamId("s"), ExpectedVersion.any(), new Other());
        var held = new AtomicReference<Throwable>(new StoreUnavailableException("away", null));
        var running = subscriptions.start(reacting(
                named("held")
                        .events(EventQuery.ofTypes(Set.of("noted")))
                        .retrying(SOON.treating(StoreUnavailableException.class, FailureKind.UNAVAILABLE)),
                event -> {
                    if (event.position() == 2 && held.get() instanceof StoreUnavailableException away) {
                        throw away;
                    }
                }));
        await(
                "it waits at the second",
                () -> running.status().state() == State.RETRYING
                        && running.status().position() == 1);

        var least = Duration.between(NOON.plusSeconds(60), Instant.now());
        assertThat(running.status().oldestWaiting().orElseThrow())
                .isBetween(least, least.plusSeconds(30).minusNanos(1));
        assertThat(running.status().lag()).isEqualTo(3);
        held.set(new Throwable());
        assertThat(running.awaitPosition(4, LIMIT)).isTrue();
        assertThat(running.status().oldestWaiting()).isEmpty();
    }

    @Test
    void isRebuildingUntilItHasCaughtUpWithWhatWasThere() throws Exception {
        append(3);
        var goOn = new CountDownLatch(1);
        var running = subscriptions.start(projecting(named("rebuilt").batchSize(1), event -> {
            if (event.position() == 2) {
                goOn.await();
            }
        }));
        await("it has written the first", () -> running.status().position() == 1);

        var status = running.status();
        assertThat(status.state()).isEqualTo(State.CATCHING_UP);
        assertThat(status.timeLeft()).isPresent();
        goOn.countDown();
        assertThat(running.awaitPosition(3, LIMIT)).isTrue();
        assertThat(running.status().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void findsEventsByPollingWhenEveryHintIsLost() throws Exception {
        var silent = new EventStore(
                new ForwardingEventStorage(log) {
                    @Override
                    public Hints onAppend(Runnable hint) {
                        return () -> {};
                    }
                },
                store.serializer());
        try (var polling = new Subscriptions<>(silent, storage, FAST)) {
            var running = polling.start(keeping("polling"));
            append(3);

            assertThat(running.awaitPosition(3, LIMIT)).isTrue();
        }
        assertThat(positions()).isEqualTo(upTo(3));
    }

    @Test
    void isWokenByAHintLongBeforeThePollInterval() throws Exception {
        var running = open(storage, PATIENT).start(keeping("hinted"));
        for (int i = 1; i <= 200; i++) {
            append(1);
            assertThat(running.awaitPosition(i, LIMIT)).as("event " + i).isTrue();
        }
        assertThat(positions()).isEqualTo(upTo(200));
    }

    @Test
    void finishesThePageAtHandWhenItIsClosed() throws Exception {
        append(1);
        var entered = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var running = subscriptions.start(projecting("slow", event -> {
            entered.countDown();
            release.await();
        }));
        await(entered);

        var closer = Thread.ofVirtual().start(running::close);
        release.countDown();
        closer.join();

        assertThat(positions()).containsExactly(1L);
        assertThat(running.status().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void canBeClosedByItsOwnHandler() throws Exception {
        append(2);
        var closed = new CountDownLatch(1);

        var running = subscriptions.start(reacting("selfClosing", event -> {
            subscriptions.close();
            closed.countDown();
        }));
        await(closed);
        await("it has stopped", () -> running.status().state() == State.STOPPED);

        assertThat(positions()).containsExactly(1L);
        assertThat(running.status().position()).isEqualTo(1);
    }

    @Test
    void givesItsSegmentsBackWhenItIsClosed() throws Exception {
        for (int i = 0; i < 50; i++) {
            var running = subscriptions.start(keeping("brief"));
            subscriptions.renewSoon();
            append(1);
            assertThat(running.awaitPosition(i + 1, LIMIT)).isTrue();
            subscriptions.renewSoon();
            running.close();

            assertThat(storage.segments("brief"))
                    .extracting(SubscriptionStatus.Segment::owner)
                    .containsOnly(Optional.empty());
        }
    }

    @Test
    void passesCorrelationAndCausationToWhatAReactorSends() throws Exception {
        var cause = Envelope.of(new Noted(1));
        var sent = new AtomicReference<Envelope<Noted>>();
        var running = subscriptions.start(reacting("chain", event -> sent.set(Envelope.of(new Noted(2)))));

        store.append(Append.to(new StreamId("s"), ExpectedVersion.any(), List.of(NewEvent.of(cause))));
        assertThat(running.awaitPosition(1, LIMIT)).isTrue();

        assertThat(sent.get().metadata().causationId()).isEqualTo(cause.id());
        assertThat(sent.get().correlationId()).isEqualTo(cause.id());
    }

    @Test
    void goesOnWhenWhatItWasAssignedCannotBeReadAtFirst() throws Exception {
        var reads = new AtomicInteger();
        var unreliable = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public List<ParkedSequence> parked(String subscription, Set<Integer> segments) {
                if (reads.incrementAndGet() == 1) {
                    throw new IllegalStateException("on purpose");
                }
                return super.parked(subscription, segments);
            }
        };
        append(3);

        var running = open(unreliable, FAST).start(keeping("unlucky"));

        assertThat(running.awaitPosition(3, LIMIT)).isTrue();
        assertThat(positions()).isEqualTo(upTo(3));
    }

    @Test
    void goesOnFromWhereAnotherMovedTheCheckpoint() throws Exception {
        append(1);
        var moved = new AtomicInteger();
        var disturbed = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public PageTransaction<List<StoredEvent>> begin(
                    String subscription, Holding holding, Map<Integer, Checkpoint> to) throws Exception {
                if (moved.incrementAndGet() == 1) {
                    append(3);
                    storage.reset(subscription, 2);
                }
                return super.begin(subscription, holding, to);
            }
        };

        var running = open(disturbed, FAST).start(keeping("moved"));
        assertThat(running.awaitPosition(4, LIMIT)).isTrue();

        assertThat(positions()).containsExactly(3L, 4L);
    }
}
