package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.subscription.SubscriptionStatus.State;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Pausing, resuming and resetting. */
class SteeringTest extends SubscriptionFixture {

    @Test
    void isRebuildingAgainAfterAReset() throws Exception {
        append(3);
        var gate = new AtomicReference<>(new CountDownLatch(0));
        var running =
                subscriptions.start(projecting("rebuilt", event -> gate.get().await()));
        assertThat(running.awaitPosition(3, LIMIT)).isTrue();
        gate.set(new CountDownLatch(1));

        subscriptions.reset("rebuilt", 0);
        await("it is rebuilding", () -> running.status().state() == State.REBUILDING);
        gate.get().countDown();
        await("it is up to date", () -> running.status().state() == State.RUNNING);

        assertThat(positions()).containsExactly(1L, 2L, 3L, 1L, 2L, 3L);
    }

    @Test
    void handlesNothingWhileItIsPaused() throws Exception {
        var running = subscriptions.start(keeping("paused"));
        append(2);
        assertThat(running.awaitPosition(2, LIMIT)).isTrue();

        subscriptions.pause("paused", "anna");
        await("it is paused", () -> running.status().state() == State.PAUSED);
        append(3);
        assertThat(running.awaitPosition(3, Duration.ofMillis(50))).isFalse();
        assertThat(running.status().state()).isEqualTo(State.PAUSED);
        subscriptions.resume("paused");

        assertThat(running.awaitPosition(5, LIMIT)).isTrue();
        assertThat(positions()).isEqualTo(upTo(5));
    }

    @Test
    void staysPausedAfterARestartUntilItIsResumed() throws Exception {
        append(1);
        var before = subscriptions.start(keeping("paused"));
        assertThat(before.awaitPosition(1, LIMIT)).isTrue();
        subscriptions.pause("paused", "anna");
        before.close();
        append(1);

        var after = subscriptions.start(keeping("paused"));
        await("it is paused again", () -> after.status().state() == State.PAUSED);
        assertThat(positions()).isEqualTo(upTo(1));
        subscriptions.resume("paused");

        assertThat(after.awaitPosition(2, LIMIT)).isTrue();
        assertThat(positions()).isEqualTo(upTo(2));
    }

    @Test
    void pausesAndResumesAtOnceHoweverLongTheLease() throws Exception {
        var patient = open(storage, PATIENT);
        var running = patient.start(keeping("paused"));
        for (int i = 1; i <= 20; i++) {
            patient.pause("paused", "anna");
            await("it is paused", () -> running.status().state() == State.PAUSED);
            append(1);
            patient.resume("paused");
            assertThat(running.awaitPosition(i, LIMIT)).as("event " + i).isTrue();
        }
        assertThat(positions()).isEqualTo(upTo(20));
    }

    @Test
    void canBeClosedWhileItIsPaused() {
        var running = subscriptions.start(keeping("paused"));
        subscriptions.pause("paused", "anna");
        await("it is paused", () -> running.status().state() == State.PAUSED);

        running.close();

        assertThat(running.status().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void handlesEventsAgainAfterTheyWereResetTo() throws Exception {
        append(4);
        var running = subscriptions.start(keeping("again"));
        assertThat(running.awaitPosition(4, LIMIT)).isTrue();

        subscriptions.reset("again", 2);
        await("the last two came again", () -> readModel.size() == 6);

        assertThat(positions()).containsExactly(1L, 2L, 3L, 4L, 3L, 4L);
        append(1);
        assertThat(running.awaitPosition(5, LIMIT)).isTrue();
        assertThat(readModel).hasSize(7);
    }

    @Test
    void handlesEventsAgainSinceTheTimeItWasResetTo() throws Exception {
        appendAt(NOON, NOON.plusSeconds(2), NOON.plusSeconds(1));
        var running = subscriptions.start(keeping("again"));
        assertThat(running.awaitPosition(3, LIMIT)).isTrue();

        subscriptions.reset("again", NOON.plusSeconds(2));
        await("the last two came again", () -> readModel.size() == 5);

        assertThat(positions()).containsExactly(1L, 2L, 3L, 2L, 3L);
    }

    @Test
    void neverHandlesEventsThatAResetSkips() throws Exception {
        append(4);
        var running = subscriptions.start(keeping("skipping"));
        subscriptions.pause("skipping", "anna");
        await("it is paused", () -> running.status().state() == State.PAUSED);
        append(4);
        readModel.clear();

        subscriptions.reset("skipping", 7);
        subscriptions.resume("skipping");
        await("the last one came", () -> !readModel.isEmpty());
        assertThat(running.awaitPosition(8, LIMIT)).isTrue();

        assertThat(positions()).containsExactly(8L);
    }

    @Test
    void refusesAResetToBeforeTheBeginning() {
        subscriptions.start(keeping("all"));

        assertThatThrownBy(() -> subscriptions.reset("all", -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }
}
