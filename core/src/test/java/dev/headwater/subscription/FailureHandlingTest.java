package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.UndecodableMessageException;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter.State;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What happens when a handler fails. */
class FailureHandlingTest extends FailureFixture {

    @MessageType("unknown")
    record Unknown() implements DomainEvent {}

    @Test
    void aReactorTriesAFailedEventLaterWhileOtherKeysGoOn() throws Exception {
        requireRetryWhileOthersGoOn(reacting(named("flaky").retrying(FOR_EVER), this::failForFirstOfA));
    }

    @Test
    void aProjectionTriesAFailedEventLaterWhileOtherKeysGoOn() throws Exception {
        requireRetryWhileOthersGoOn(projecting(named("flaky").retrying(FOR_EVER), this::failForFirstOfA));
    }

    private void requireRetryWhileOthersGoOn(Subscription<List<StoredEvent>> subscription) throws Exception {
        append("a", 2);
        append("b", 2);
        append("a", 1);

        var running = subscriptions.start(subscription);
        assertThat(running.awaitPosition(5, LIMIT)).isTrue();
        assertThat(versions("a")).isEmpty();
        assertThat(versions("b")).containsExactly(1L, 2L);
        await("it was tried again", () -> letters("flaky").getFirst().attempts() > 3);
        assertThat(states("flaky")).containsExactly(State.RETRYING, State.WAITING, State.WAITING);
        broken.set(false);

        await("nothing is set aside", () -> letters("flaky").isEmpty());
        assertThat(versions("a")).containsExactly(1L, 2L, 3L);
        append("a", 1);
        assertThat(running.awaitPosition(6, LIMIT)).isTrue();
        assertThat(versions("a")).containsExactly(1L, 2L, 3L, 4L);
        assertThat(letters("flaky")).isEmpty();
    }

    @Test
    void aReactorKeepsTheOrderOfEveryKeyThroughAllFailures() throws Exception {
        requireOrderThroughFailures(reacting(named("stormy").batchSize(10).retrying(FOR_EVER), failingOften()));
    }

    @Test
    void aProjectionKeepsTheOrderOfEveryKeyThroughAllFailures() throws Exception {
        requireOrderThroughFailures(projecting(named("stormy").batchSize(50).retrying(FOR_EVER), failingOften()));
    }

    /** A third of the events fail once, some of them twice. */
    private static Reactor failingOften() {
        var failures = new ConcurrentHashMap<Long, Integer>();
        return event -> {
            long allowed = event.position() % 3 == 0 ? 1 + event.position() % 2 : 0;
            if (failures.merge(event.position(), 1, Integer::sum) <= allowed) {
                throw new IllegalStateException("now and then");
            }
        };
    }

    private void requireOrderThroughFailures(Subscription<List<StoredEvent>> subscription) throws Exception {
        appendInTurn(25, 6);
        var running = subscriptions.start(subscription);
        appendInTurn(25, 6);

        assertThat(running.awaitPosition(300, LIMIT)).isTrue();
        await("nothing is set aside", () -> letters("stormy").isEmpty());

        for (int i = 0; i < 25; i++) {
            assertThat(versions("s-" + i)).isEqualTo(upTo(12));
        }
    }

    @Test
    void aReactorParksWhatNoRetryHelps() throws Exception {
        requireParked(reacting("poisoned", this::breakForFirstOfA));
    }

    @Test
    void aProjectionParksWhatNoRetryHelps() throws Exception {
        requireParked(projecting("poisoned", this::breakForFirstOfA));
    }

    private void requireParked(Subscription<List<StoredEvent>> subscription) throws Exception {
        append("a", 2);
        append("b", 1);
        append("a", 1);
        append("b", 1);

        var running = subscriptions.start(subscription);
        assertThat(running.awaitPosition(5, LIMIT)).isTrue();

        assertThat(versions("b")).containsExactly(1L, 2L);
        assertThat(versions("a")).isEmpty();
        assertThat(letters("poisoned"))
                .extracting(DeadLetter::position, DeadLetter::state, DeadLetter::attempts, DeadLetter::sequenceKey)
                .containsExactly(
                        tuple(1L, State.PARKED, 1, "a"),
                        tuple(2L, State.WAITING, 0, "a"),
                        tuple(4L, State.WAITING, 0, "a"));
        var failure = letters("poisoned").getFirst().failure().orElseThrow();
        assertThat(failure.exceptionClass()).isEqualTo(AssertionError.class.getName());
        assertThat(failure.message()).isEqualTo("broken on purpose");
        assertThat(failure.stackTrace()).contains("breakForFirstOfA");
        assertThat(failure.fingerprint()).contains("AssertionError").contains("breakForFirstOfA");
        await("it goes on as if nothing were", () -> running.status().failures() == 0);
        assertThat(running.status().state()).isEqualTo(SubscriptionStatus.State.RUNNING);
    }

    @Test
    void anEventIsParkedAfterItsLastAttempt() throws Exception {
        append("a", 2);
        var calls = new AtomicInteger();

        subscriptions.start(reacting(named("flaky").retrying(SOON.withAttempts(3)), event -> {
            if (isFirstOfA(event)) {
                calls.incrementAndGet();
            }
            failForFirstOfA(event);
        }));
        await(
                "it is parked",
                () -> !letters("flaky").isEmpty() && letters("flaky").getFirst().state() == State.PARKED);

        assertThat(letters("flaky").getFirst().attempts()).isEqualTo(3);
        assertThat(calls).hasValue(3);
    }

    @Test
    void whatCannotBeDecodedBecomesADeadLetter() throws Exception {
        append("b", 1);
        new EventStore(log, MessageTypes.of(Unknown.class))
                .append(new StreamId("a"), ExpectedVersion.any(), new Unknown());
        append("a", 1);
        append("b", 1);

        var running = subscriptions.start(
                projecting("decoding", event -> assertThat(event.event()).isInstanceOf(Noted.class)));
        assertThat(running.awaitPosition(4, LIMIT)).isTrue();

        assertThat(versions("b")).containsExactly(1L, 2L);
        assertThat(states("decoding")).containsExactly(State.PARKED, State.WAITING);
        var letter = letters("decoding").getFirst();
        assertThat(letter.type()).isEqualTo("unknown");
        assertThat(letter.failure().orElseThrow().exceptionClass())
                .isEqualTo(UndecodableMessageException.class.getName());
    }

    @Test
    void aPageWithPoisonHandlesAllItsOtherEventsOnce() throws Exception {
        appendInTurn(70, 3);

        var running = subscriptions.start(projecting("poisoned", event -> {
            if (event.version() == 2 && isPoisoned(event)) {
                throw new AssertionError("poison");
            }
        }));
        assertThat(running.awaitPosition(210, LIMIT)).isTrue();

        var handled = LongStream.rangeClosed(1, 210)
                .filter(position -> (position - 1) % 70 % 7 != 0 || position <= 70)
                .boxed()
                .toList();
        assertThat(positions()).containsExactlyInAnyOrderElementsOf(handled);
        assertThat(deadLetters.count(DeadLetterFilter.of("poisoned").in(State.PARKED)))
                .isEqualTo(new DeadLetters.Count(10, 10));
        assertThat(deadLetters.count(DeadLetterFilter.of("poisoned").in(State.WAITING)))
                .isEqualTo(new DeadLetters.Count(10, 10));
    }

    private static boolean isPoisoned(StoredEvent event) {
        return Integer.parseInt(event.stream().name().substring(2)) % 7 == 0;
    }
}
