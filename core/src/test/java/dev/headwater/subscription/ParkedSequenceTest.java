package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.DeadLetter.State;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.ParkedSequence;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Sequences of dead letters: retried, discarded, interrupted, and always in order. */
class ParkedSequenceTest extends FailureFixture {

    @Test
    void aRetryByHandHandlesTheWholeSequenceInOrder() throws Exception {
        append("a", 3);
        append("b", 1);
        append("a", 2);
        var running = subscriptions.start(projecting("poisoned", this::breakForFirstOfA));
        assertThat(running.awaitPosition(6, LIMIT)).isTrue();
        broken.set(false);

        assertThat(deadLetters.retry(DeadLetterFilter.of("poisoned"), "somebody"))
                .isEqualTo(1);
        subscriptions.renewSoon();
        await("nothing is set aside", () -> letters("poisoned").isEmpty());

        assertThat(versions("a")).isEqualTo(upTo(5));
        assertThat(deadLetters.history("poisoned", 1))
                .extracting(DeadLetters.Decision::what, DeadLetters.Decision::who)
                .containsExactly(tuple("retry", "somebody"));
    }

    @Test
    void aRetryByHandThatFailsParksTheEventAgain() throws Exception {
        append("a", 2);
        var running = subscriptions.start(reacting("poisoned", this::breakForFirstOfA));
        assertThat(running.awaitPosition(2, LIMIT)).isTrue();

        deadLetters.retry(DeadLetterFilter.of("poisoned"), "somebody");
        subscriptions.renewSoon();
        await("it was tried", () -> letters("poisoned").getFirst().attempts() == 2);

        assertThat(states("poisoned")).containsExactly(State.PARKED, State.WAITING);
        assertThat(readModel).isEmpty();
    }

    @Test
    void aFollowerThatFailsStopsTheSequenceThere() throws Exception {
        append("a", 4);
        var running = subscriptions.start(projecting("poisoned", event -> {
            breakForFirstOfA(event);
            if (event.version() == 3) {
                throw new AssertionError("another one");
            }
        }));
        assertThat(running.awaitPosition(4, LIMIT)).isTrue();
        broken.set(false);

        deadLetters.retry(DeadLetterFilter.of("poisoned"), "somebody");
        subscriptions.renewSoon();
        await("the third one failed", () -> states("poisoned").equals(List.of(State.PARKED, State.WAITING)));

        assertThat(versions("a")).containsExactly(1L, 2L);
        assertThat(letters("poisoned").getFirst().failure().orElseThrow().message())
                .isEqualTo("another one");
    }

    @Test
    void thoseBehindADiscardedLetterGoOn() throws Exception {
        append("a", 3);
        var running = subscriptions.start(projecting("poisoned", this::breakForFirstOfA));
        assertThat(running.awaitPosition(3, LIMIT)).isTrue();

        assertThat(deadLetters.discard(DeadLetterFilter.of("poisoned").at(1), "somebody", "of no use"))
                .isEqualTo(1);
        subscriptions.renewSoon();
        await("nothing is set aside", () -> letters("poisoned").isEmpty());
        append("a", 1);
        assertThat(running.awaitPosition(4, LIMIT)).isTrue();

        assertThat(versions("a")).containsExactly(2L, 3L, 4L);
        assertThat(deadLetters.history("poisoned", 1))
                .extracting(DeadLetters.Decision::what, DeadLetters.Decision::reason)
                .containsExactly(tuple("discard", "of no use"));
    }

    @Test
    void aDiscardedFollowerGoesWhenItsTurnComes() throws Exception {
        append("a", 4);
        var running = subscriptions.start(projecting("poisoned", this::breakForFirstOfA));
        assertThat(running.awaitPosition(4, LIMIT)).isTrue();

        deadLetters.discard(DeadLetterFilter.of("poisoned").at(3), "somebody", "of no use");
        subscriptions.renewSoon();
        broken.set(false);
        deadLetters.retry(DeadLetterFilter.of("poisoned").at(1), "somebody");
        subscriptions.renewSoon();
        await("nothing is set aside", () -> letters("poisoned").isEmpty());

        assertThat(versions("a")).containsExactly(1L, 2L, 4L);
    }

    @Test
    void aSequenceGoesOnWhereAnOutageInterruptedIt() throws Exception {
        append("a", 3);
        var advances = new AtomicInteger(Integer.MIN_VALUE);
        var unreliable = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public PageTransaction<List<StoredEvent>> begin(
                    String subscription, Holding holding, Map<Integer, Checkpoint> to) throws Exception {
                if (advances.incrementAndGet() == 2) {
                    throw new StoreUnavailableException("away on purpose", null);
                }
                return super.begin(subscription, holding, to);
            }
        };
        var instance = open(unreliable, FAST);
        var running = instance.start(projecting("poisoned", this::breakForFirstOfA));
        assertThat(running.awaitPosition(3, LIMIT)).isTrue();
        broken.set(false);
        advances.set(0);

        deadLetters.retry(DeadLetterFilter.of("poisoned"), "somebody");
        instance.renewSoon();
        await("nothing is set aside", () -> letters("poisoned").isEmpty());

        assertThat(versions("a")).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aSequenceGoesOnElsewhereWhenItsInstanceEndsInTheMiddle() throws Exception {
        append("a", 5);
        var running = new CopyOnWriteArrayList<RunningSubscription<List<StoredEvent>>>();
        running.add(subscriptions.start(projecting("poisoned", event -> {
            breakForFirstOfA(event);
            if (event.version() == 2) {
                running.getFirst().closeSoon();
            }
        })));
        assertThat(running.getFirst().awaitPosition(5, LIMIT)).isTrue();
        broken.set(false);
        deadLetters.retry(DeadLetterFilter.of("poisoned"), "somebody");
        subscriptions.renewSoon();
        await("it has ended", () -> running.getFirst().hasEnded());
        assertThat(letters("poisoned")).hasSize(3);

        open(storage, FAST).start(projecting("poisoned", event -> {}));
        await("nothing is set aside", () -> letters("poisoned").isEmpty());

        assertThat(versions("a")).isEqualTo(upTo(5));
    }

    @Test
    void manySequencesAreHandledWithoutWaitingForTheNextRenewal() throws Exception {
        appendInTurn(250, 2);
        var patient = open(storage, PATIENT);
        var running = patient.start(projecting(named("poisoned").retrying(SOON.openingCircuitAfter(250)), event -> {
            if (broken.get()) {
                throw new AssertionError("poison");
            }
        }));
        assertThat(running.awaitPosition(500, LIMIT)).isTrue();
        broken.set(false);

        assertThat(deadLetters.retry(DeadLetterFilter.of("poisoned"), "somebody"))
                .isEqualTo(250);
        patient.renewSoon();
        await("nothing is set aside", () -> letters("poisoned").isEmpty());

        assertThat(positions()).containsExactlyInAnyOrderElementsOf(upTo(500));
    }

    @Test
    void aLongSequenceIsHandledInOrderToItsEnd() throws Exception {
        append("a", 350);
        var patient = open(storage, PATIENT);
        var running = patient.start(projecting("poisoned", this::breakForFirstOfA));
        assertThat(running.awaitPosition(350, LIMIT)).isTrue();
        broken.set(false);

        deadLetters.retry(DeadLetterFilter.of("poisoned"), "somebody");
        patient.renewSoon();
        append("a", 1);
        assertThat(running.awaitPosition(351, LIMIT)).isTrue();
        await("nothing is set aside", () -> letters("poisoned").isEmpty());

        assertThat(versions("a")).isEqualTo(upTo(351));
    }

    @Test
    void aRetryComesWithoutAnyHint() throws Exception {
        append("a", 2);
        var patient = open(storage, PATIENT);
        var calls = new AtomicInteger();

        patient.start(reacting(named("flaky").retrying(FOR_EVER), event -> {
            if (isFirstOfA(event) && calls.incrementAndGet() < 4) {
                throw new IllegalStateException("not yet");
            }
        }));
        await("all is handled", () -> readModel.size() == 2);

        assertThat(versions("a")).containsExactly(1L, 2L);
    }

    @Test
    void lettersThatNobodyCanHandleNowCauseNoWork() throws Exception {
        append("a", 2);
        append("b", 2);
        var renewals = new AtomicInteger();
        var looks = new AtomicInteger();
        var observed = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public Map<String, Assignment> renew(String instance, Set<String> names, Duration lease) {
                renewals.incrementAndGet();
                return super.renew(instance, names, lease);
            }

            @Override
            public List<ParkedSequence> due(String subscription, Set<Integer> segments, int limit) {
                looks.incrementAndGet();
                return super.due(subscription, segments, limit);
            }
        };
        var running = open(observed, FAST)
                .start(reacting(
                        named("poisoned")
                                .retrying(SOON.withPauses(Duration.ofDays(9), Duration.ofDays(9))
                                        .within(Duration.ofDays(99))),
                        event -> {
                            breakForFirstOfA(event);
                            if (event.stream().name().equals("b")) {
                                throw new IllegalStateException("not for days");
                            }
                        }));
        assertThat(running.awaitPosition(4, LIMIT)).isTrue();
        int renewalsThen = renewals.get();
        await("some renewals", () -> renewals.get() > renewalsThen + 2);
        int looksThen = looks.get();
        await("more renewals", () -> renewals.get() > renewalsThen + 6);

        assertThat(looks).hasValue(looksThen);
        assertThat(states("poisoned")).containsExactly(State.PARKED, State.WAITING, State.RETRYING, State.WAITING);
    }
}
