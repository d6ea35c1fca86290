package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.UndecodableMessageException;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.DeadLetter.State;
import dev.headwater.subscription.spi.Assignment;
import dev.headwater.subscription.spi.Claim;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.ParkedSequence;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What happens when a handler fails. */
class FailureHandlingTest extends SubscriptionFixture {

    private static final RetryPolicy FOR_EVER = SOON.withAttempts(Integer.MAX_VALUE);

    @MessageType("unknown")
    record Unknown() implements DomainEvent {}

    /** Something that a test says is out of reach. */
    private static final class Away extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final AtomicBoolean broken = new AtomicBoolean(true);

    /** Fails for the first event of the stream {@code a} while it is broken. */
    private void failForFirstOfA(StoredEvent event) {
        if (isFirstOfA(event) && broken.get()) {
            throw new IllegalStateException("broken on purpose");
        }
    }

    /** The same, with an error, which no retry would help. */
    private void breakForFirstOfA(StoredEvent event) {
        if (isFirstOfA(event) && broken.get()) {
            throw new AssertionError("broken on purpose");
        }
    }

    private static boolean isFirstOfA(StoredEvent event) {
        return event.stream().name().equals("a") && event.version() == 1;
    }

    @Test
    void aReactorTriesAFailedEventLaterWhileOtherKeysGoOn() throws Exception {
        requireRetryWhileOthersGoOn(reacting("flaky", this::failForFirstOfA));
    }

    @Test
    void aProjectionTriesAFailedEventLaterWhileOtherKeysGoOn() throws Exception {
        requireRetryWhileOthersGoOn(projecting("flaky", this::failForFirstOfA));
    }

    private void requireRetryWhileOthersGoOn(Subscription<List<StoredEvent>> subscription) throws Exception {
        append("a", 2);
        append("b", 2);
        append("a", 1);

        var running = subscriptions.start(subscription.retrying(FOR_EVER));
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
        requireOrderThroughFailures(reacting("stormy", failingOften()).withBatchSize(10));
    }

    @Test
    void aProjectionKeepsTheOrderOfEveryKeyThroughAllFailures() throws Exception {
        requireOrderThroughFailures(projecting("stormy", failingOften()).withBatchSize(50));
    }

    @Test
    void aReactorPausesWhenEverythingFailsInsteadOfSettingEverythingAside() throws Exception {
        requireOpenCircuit(reacting("down", event -> failWhileBroken()).withBatchSize(10));
    }

    @Test
    void aProjectionPausesWhenEverythingFailsInsteadOfSettingEverythingAside() throws Exception {
        requireOpenCircuit(projecting("down", event -> failWhileBroken()));
    }

    private void failWhileBroken() {
        if (broken.get()) {
            throw new IllegalStateException("the mail server is down");
        }
    }

    private void requireOpenCircuit(Subscription<List<StoredEvent>> subscription) throws Exception {
        appendInTurn(30, 1);

        var running = subscriptions.start(subscription.retrying(FOR_EVER.openingCircuitAfter(5)));
        await(
                "the circuit is open",
                () -> running.status()
                        .lastError()
                        .filter(error -> error.getMessage().contains("presumed to be down"))
                        .isPresent());
        assertThat(running.status().state()).isEqualTo(SubscriptionStatus.State.RETRYING);
        assertThat(letters("down")).hasSizeLessThanOrEqualTo(5);
        broken.set(false);

        assertThat(running.awaitPosition(30, LIMIT)).isTrue();
        await("nothing is set aside", () -> letters("down").isEmpty());
        for (int i = 0; i < 30; i++) {
            assertThat(versions("s-" + i)).containsExactly(1L);
        }
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
        var running = subscriptions.start(subscription.retrying(FOR_EVER));
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

        subscriptions.start(reacting("flaky", event -> {
                    if (isFirstOfA(event)) {
                        calls.incrementAndGet();
                    }
                    failForFirstOfA(event);
                })
                .retrying(SOON.withAttempts(3)));
        await(
                "it is parked",
                () -> !letters("flaky").isEmpty() && letters("flaky").getFirst().state() == State.PARKED);

        assertThat(letters("flaky").getFirst().attempts()).isEqualTo(3);
        assertThat(calls).hasValue(3);
    }

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

    @Test
    void aReactorWaitsForWhatIsOutOfReachWithoutUsingAttempts() throws Exception {
        requireNoAttemptsUsed(reacting("waiting", this::needWhatIsAway));
    }

    @Test
    void aProjectionWaitsForWhatIsOutOfReachWithoutUsingAttempts() throws Exception {
        requireNoAttemptsUsed(projecting("waiting", this::needWhatIsAway));
    }

    private void needWhatIsAway(StoredEvent event) {
        if (event.position() == 2 && broken.get()) {
            throw new Away();
        }
    }

    private void requireNoAttemptsUsed(Subscription<List<StoredEvent>> subscription) throws Exception {
        append(3);
        var running = subscriptions.start(
                subscription.retrying(RetryPolicy.none().treating(Away.class, FailureKind.UNAVAILABLE)));
        await("it failed often", () -> running.status().failures() > 12);
        assertThat(running.status().state()).isEqualTo(SubscriptionStatus.State.RETRYING);
        assertThat(running.status().lastError().orElseThrow())
                .satisfiesAnyOf(
                        error -> assertThat(error).isInstanceOf(Away.class),
                        error -> assertThat(error).hasCauseInstanceOf(Away.class));
        assertThat(letters("waiting")).isEmpty();
        broken.set(false);

        assertThat(running.awaitPosition(3, LIMIT)).isTrue();
        assertThat(positions()).isEqualTo(upTo(3));
        assertThat(letters("waiting")).isEmpty();
        await("it is well again", () -> running.status().failures() == 0);
        assertThat(running.status().state()).isEqualTo(SubscriptionStatus.State.RUNNING);
        assertThat(running.status().lastError()).isEmpty();
    }

    @Test
    void aRetryWaitsForWhatIsOutOfReachWithoutUsingAttempts() throws Exception {
        append("a", 2);
        var away = new AtomicBoolean();
        var running = subscriptions.start(reacting("waiting", event -> {
                    if (away.get()) {
                        throw new Away();
                    }
                    breakForFirstOfA(event);
                })
                .retrying(RetryPolicy.none().treating(Away.class, FailureKind.UNAVAILABLE)));
        assertThat(running.awaitPosition(2, LIMIT)).isTrue();
        away.set(true);

        deadLetters.retry(DeadLetterFilter.of("waiting"), "somebody");
        subscriptions.renewSoon();
        await("it failed often", () -> running.status().failures() > 8);
        assertThat(letters("waiting").getFirst().attempts()).isEqualTo(1);
        broken.set(false);
        away.set(false);

        await("nothing is set aside", () -> letters("waiting").isEmpty());
        assertThat(versions("a")).containsExactly(1L, 2L);
    }

    @Test
    void aReactorDoesNotRepeatWhatItDidBeforeSomethingWentOutOfReach() throws Exception {
        append("a", 1);
        append("b", 1);
        append("c", 3);
        var running = subscriptions.start(reacting("waiting", event -> {
                    breakForFirstOfA(event);
                    if (event.position() == 4 && readModel.size() < 2) {
                        throw new AssertionError("The third event was not handled before the fourth");
                    }
                    if (event.position() == 4 && broken.get()) {
                        throw new StoreUnavailableException("away on purpose", null);
                    }
                })
                .withBatchSize(10));
        await("it failed often", () -> running.status().failures() > 8);
        assertThat(running.status().position()).isEqualTo(3);
        assertThat(states("waiting")).containsExactly(State.PARKED);
        broken.set(false);

        assertThat(running.awaitPosition(5, LIMIT)).isTrue();
        assertThat(positions()).containsExactly(2L, 3L, 4L, 5L);
    }

    @Test
    void anEventThatAlwaysBreaksTheConnectionTakesTheBlameInTheEnd() throws Exception {
        append("a", 2);
        append("b", 2);

        var running = subscriptions.start(projecting("breaking", event -> {
                    if (isFirstOfA(event)) {
                        throw new SQLException("This connection has been closed", "08003");
                    }
                })
                .retrying(SOON.withAttempts(2)));
        assertThat(running.awaitPosition(4, LIMIT)).isTrue();
        await("it is parked", () -> states("breaking").equals(List.of(State.PARKED, State.WAITING)));

        assertThat(positions()).containsExactly(3L, 4L);
        await("it is well again", () -> running.status().state() == SubscriptionStatus.State.RUNNING);
    }

    @Test
    void aReactorThatCannotPutAnEventAsideStopsVisiblyThere() throws Exception {
        requireStopWhenLettersCannotBeWritten(reacting("stuck", this::breakForFirstOfA));
    }

    @Test
    void aProjectionThatCannotPutAnEventAsideStopsVisiblyThere() throws Exception {
        requireStopWhenLettersCannotBeWritten(projecting("stuck", this::breakForFirstOfA));
    }

    private void requireStopWhenLettersCannotBeWritten(Subscription<List<StoredEvent>> subscription) throws Exception {
        append("b", 2);
        append("a", 1);
        append("b", 1);
        var full = open(new WithoutLetters(), FAST);

        var running = full.start(subscription.withBatchSize(1));
        assertThat(running.awaitPosition(4, LIMIT)).isFalse();

        var status = running.status();
        assertThat(status.state()).isEqualTo(SubscriptionStatus.State.FAILED);
        assertThat(status.position()).isEqualTo(2);
        assertThat(status.lag()).isEqualTo(2);
        assertThat(status.lastError().orElseThrow()).hasMessage("no letter can be written");
        assertThat(letters("stuck")).isEmpty();
        assertThat(positions()).isEqualTo(upTo(2));

        var again = subscriptions.start(subscription.withBatchSize(1));
        assertThat(again.awaitPosition(4, LIMIT)).isTrue();
        assertThat(positions()).containsExactly(1L, 2L, 4L);
        assertThat(states("stuck")).containsExactly(State.PARKED);
    }

    /** Takes no letters. */
    private final class WithoutLetters extends ForwardingSubscriptionStorage<List<StoredEvent>> {
        WithoutLetters() {
            super(storage);
        }

        @Override
        public void advance(String subscription, Collection<Claim> claims, long to, Work<List<StoredEvent>> work)
                throws Exception {
            super.advance(
                    subscription,
                    claims,
                    to,
                    transaction -> work.in(new Transaction<>(transaction) {
                        @Override
                        public void park(Letter letter) {
                            throw new IllegalStateException("no letter can be written");
                        }
                    }));
        }
    }

    @Test
    void aFailedSubscriptionCanBeStartedAgainInTheSameProcess() throws Exception {
        append("a", 1);
        var full = new AtomicBoolean(true);
        var without = new WithoutLetters();
        var sometimes = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public void advance(String subscription, Collection<Claim> claims, long to, Work<List<StoredEvent>> work)
                    throws Exception {
                if (full.get()) {
                    without.advance(subscription, claims, to, work);
                } else {
                    super.advance(subscription, claims, to, work);
                }
            }
        };
        var instance = open(sometimes, FAST);
        assertThat(instance.start(reacting("stuck", this::breakForFirstOfA)).awaitPosition(1, LIMIT))
                .isFalse();
        full.set(false);

        assertThat(instance.start(reacting("stuck", this::breakForFirstOfA)).awaitPosition(1, LIMIT))
                .isTrue();

        assertThat(states("stuck")).containsExactly(State.PARKED);
    }

    @Test
    void aPolicyThatCannotJudgeStopsTheSubscriptionVisibly() throws Exception {
        append("a", 1);
        var running = subscriptions.start(reacting("unjudged", this::failForFirstOfA)
                .retrying(SOON.treating(
                        failure -> {
                            throw new IllegalArgumentException("no judgement");
                        },
                        FailureKind.TRANSIENT)));

        assertThat(running.awaitPosition(1, LIMIT)).isFalse();
        assertThat(running.status().state()).isEqualTo(SubscriptionStatus.State.FAILED);
        assertThat(running.status().position()).isZero();
        assertThat(running.status().lastError()).isPresent();
    }

    @Test
    void aSequenceGoesOnWhereAnOutageInterruptedIt() throws Exception {
        append("a", 3);
        var advances = new AtomicInteger(Integer.MIN_VALUE);
        var unreliable = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public void advance(String subscription, Collection<Claim> claims, long to, Work<List<StoredEvent>> work)
                    throws Exception {
                if (advances.incrementAndGet() == 2) {
                    throw new StoreUnavailableException("away on purpose", null);
                }
                super.advance(subscription, claims, to, work);
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
        var running = patient.start(projecting("poisoned", event -> {
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

        patient.start(reacting("flaky", event -> {
                    if (isFirstOfA(event) && calls.incrementAndGet() < 4) {
                        throw new IllegalStateException("not yet");
                    }
                })
                .retrying(FOR_EVER));
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
                .start(reacting("poisoned", event -> {
                            breakForFirstOfA(event);
                            if (event.stream().name().equals("b")) {
                                throw new IllegalStateException("not for days");
                            }
                        })
                        .retrying(SOON.withPauses(Duration.ofDays(9), Duration.ofDays(9))
                                .within(Duration.ofDays(99))));
        assertThat(running.awaitPosition(4, LIMIT)).isTrue();
        int renewalsThen = renewals.get();
        await("some renewals", () -> renewals.get() > renewalsThen + 2);
        int looksThen = looks.get();
        await("more renewals", () -> renewals.get() > renewalsThen + 6);

        assertThat(looks).hasValue(looksThen);
        assertThat(states("poisoned")).containsExactly(State.PARKED, State.WAITING, State.RETRYING, State.WAITING);
    }

    @Test
    void canBeClosedWhileItWaitsForWhatIsOutOfReach() {
        append(1);
        var running = open(storage, FAST.recoveringWith(Duration.ofDays(1), Duration.ofDays(1)))
                .start(reacting("waiting", event -> {
                    throw new StoreUnavailableException("away on purpose", null);
                }));
        await("it waits", () -> running.status().state() == SubscriptionStatus.State.RETRYING);

        running.close();

        assertThat(running.status().state()).isEqualTo(SubscriptionStatus.State.STOPPED);
        assertThat(running.status().position()).isZero();
    }

    @Test
    void aReactorThatNeverReturnsIsInterruptedAndItsEventSetAside() throws Exception {
        requireInterrupted(
                reacting("hanging", event -> hang(event.stream().name().equals("a"))), List.of("a"), 4);
    }

    @Test
    void everyEventOfAPageThatNeverReturnsIsInterruptedAndSetAside() throws Exception {
        requireInterrupted(
                projecting("hanging", event -> hang(!event.stream().name().equals("b"))), List.of("a", "c"), 4);
    }

    private static void hang(boolean really) throws InterruptedException {
        if (really) {
            new CountDownLatch(1).await();
        }
    }

    private void requireInterrupted(Subscription<List<StoredEvent>> subscription, List<String> hanging, int appended)
            throws Exception {
        append("b", 1);
        append("a", 1);
        append("c", 1);
        append("b", 1);

        var running = open(storage, FAST.withHandlerLimit(Duration.ofMillis(40)))
                .start(subscription.retrying(RetryPolicy.none()));
        assertThat(running.awaitPosition(appended, LIMIT)).isTrue();

        assertThat(versions("b")).containsExactly(1L, 2L);
        assertThat(letters("hanging")).extracting(DeadLetter::sequenceKey).containsExactlyElementsOf(hanging);
        var failure = letters("hanging").getFirst().failure().orElseThrow();
        assertThat(failure.exceptionClass()).isEqualTo(HandlerTimeoutException.class.getName());
        assertThat(failure.message()).contains("hanging").contains("PT0.04S");
    }

    @Test
    void closingInterruptsAHandlerThatNeverReturns() throws Exception {
        append("a", 1);
        var entered = new CountDownLatch(1);
        var instance = open(storage, FAST.withHandlerLimit(Duration.ofMillis(40)));
        instance.start(reacting("hanging", event -> {
            entered.countDown();
            hang(true);
        }));
        await(entered);

        var closer = Thread.ofVirtual().start(instance::close);

        assertThat(closer.join(LIMIT)).as("closed in time").isTrue();
        assertThat(states("hanging")).hasSize(1);
    }
}
