package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.DeadLetter.State;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What is out of reach, for one event or for all, is waited for and costs no attempts. */
class OutOfReachTest extends FailureFixture {

    private static final RetryPolicy SENSITIVE = FOR_EVER.openingCircuitAfter(5);
    private static final RetryPolicy PAUSING = RetryPolicy.none().treating(Away.class, FailureKind.UNAVAILABLE);

    /** Something that a test says is out of reach. */
    private static final class Away extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void aReactorPausesWhenEverythingFailsInsteadOfSettingEverythingAside() throws Exception {
        requireOpenCircuit(reacting(named("down").retrying(SENSITIVE).batchSize(10), event -> failWhileBroken()));
    }

    @Test
    void aProjectionPausesWhenEverythingFailsInsteadOfSettingEverythingAside() throws Exception {
        requireOpenCircuit(projecting(named("down").retrying(SENSITIVE), event -> failWhileBroken()));
    }

    private void failWhileBroken() {
        if (broken.get()) {
            throw new IllegalStateException("the mail server is down");
        }
    }

    private void requireOpenCircuit(Subscription<List<StoredEvent>> subscription) throws Exception {
        appendInTurn(30, 1);

        var running = subscriptions.start(subscription);
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

    @Test
    void aReactorWaitsForWhatIsOutOfReachWithoutUsingAttempts() throws Exception {
        requireNoAttemptsUsed(reacting(named("waiting").retrying(PAUSING), this::needWhatIsAway));
    }

    @Test
    void aProjectionWaitsForWhatIsOutOfReachWithoutUsingAttempts() throws Exception {
        requireNoAttemptsUsed(projecting(named("waiting").retrying(PAUSING), this::needWhatIsAway));
    }

    private void needWhatIsAway(StoredEvent event) {
        if (event.position() == 2 && broken.get()) {
            throw new Away();
        }
    }

    private void requireNoAttemptsUsed(Subscription<List<StoredEvent>> subscription) throws Exception {
        append(3);
        var running = subscriptions.start(subscription);
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
        var running = subscriptions.start(reacting(named("waiting").retrying(PAUSING), event -> {
            if (away.get()) {
                throw new Away();
            }
            breakForFirstOfA(event);
        }));
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
        var running = subscriptions.start(reacting(
                named("waiting").retrying(RetryPolicy.none().treating(Away.class, FailureKind.UNAVAILABLE)), event -> {
                    breakForFirstOfA(event);
                    if (event.position() == 4 && readModel.size() < 2) {
                        throw new AssertionError("The third event was not handled before the fourth");
                    }
                    if (event.position() == 4 && broken.get()) {
                        throw new Away();
                    }
                }));
        await("it failed often", () -> running.status().failures() > 8);
        assertThat(running.status().position()).isEqualTo(3);
        assertThat(states("waiting")).containsExactly(State.PARKED);
        broken.set(false);

        assertThat(running.awaitPosition(5, LIMIT)).isTrue();
        assertThat(positions()).containsExactlyInAnyOrder(2L, 3L, 4L, 5L);
        assertThat(versions("c")).containsExactly(1L, 2L, 3L);
    }

    @Test
    void anEventThatAlwaysBreaksTheConnectionTakesTheBlameInTheEnd() throws Exception {
        append("a", 2);
        append("b", 2);

        var running = subscriptions.start(projecting(named("breaking").retrying(SOON.withAttempts(2)), event -> {
            if (isFirstOfA(event)) {
                throw new SQLException("This connection has been closed", "08003");
            }
        }));
        assertThat(running.awaitPosition(4, LIMIT)).isTrue();
        await("it is parked", () -> states("breaking").equals(List.of(State.PARKED, State.WAITING)));

        assertThat(positions()).containsExactly(3L, 4L);
        await("it is well again", () -> running.status().state() == SubscriptionStatus.State.DEGRADED);
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
}
