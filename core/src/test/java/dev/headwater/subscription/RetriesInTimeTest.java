package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.failure.RetryPolicy;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.DeadLetter.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What becomes of dead letters while hours go by on the clock of the storage. */
class RetriesInTimeTest extends SubscriptionFixture {

    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final InMemorySubscriptionStorage<List<StoredEvent>> timed =
            new InMemorySubscriptionStorage<>(readModel, () -> Instant.now().plus(ahead.get()));
    private final DeadLetters timedLetters = timed.deadLetters();
    private final Subscriptions<List<StoredEvent>> instance = open(timed, FAST);
    private final AtomicBoolean broken = new AtomicBoolean(true);

    private void letPass(Duration time) {
        ahead.updateAndGet(before -> before.plus(time));
        instance.renewSoon();
    }

    private List<DeadLetter> lettersOf(String subscription) {
        return timedLetters.list(DeadLetterFilter.of(subscription), 100);
    }

    private void awaitParked(String subscription, int attempts) {
        await("it is parked after " + attempts + " attempts", () -> {
            var letters = lettersOf(subscription);
            return !letters.isEmpty()
                    && letters.getFirst().state() == State.PARKED
                    && letters.getFirst().attempts() == attempts;
        });
    }

    /** Fails, and for the first event of a stream with an error that no retry would help. */
    private void fail(StoredEvent event) {
        if (event.version() == 1 && broken.get()) {
            throw new AssertionError("broken on purpose");
        }
        if (event.version() > 1) {
            throw new IllegalStateException("for a while");
        }
    }

    @Test
    void anEventIsTriedAgainOnlyForSoLongAfterItsFirstFailure() {
        append("a", 1);
        instance.start(reacting(named("flaky").retrying(SOON.within(HOUR)), event -> {
            throw new IllegalStateException("for a while");
        }));
        awaitParked("flaky", SOON.attempts());
        var first = lettersOf("flaky").getFirst().firstFailure();

        letPass(HOUR);
        timedLetters.retry(DeadLetterFilter.of("flaky"), "somebody");
        instance.renewSoon();
        awaitParked("flaky", SOON.attempts() + 1);

        assertThat(lettersOf("flaky").getFirst().firstFailure()).isEqualTo(first);
    }

    @Test
    void aParkedLetterIsTriedAgainByItselfAfterPausesThatDouble() {
        append("a", 2);
        instance.start(reacting(
                named("redriven").retrying(RetryPolicy.none().redriving(HOUR, HOUR.multipliedBy(3))), this::fail));
        awaitParked("redriven", 1);
        requireNextRetryAfter(HOUR);
        letPass(HOUR);
        awaitParked("redriven", 2);
        letPass(HOUR);
        awaitParked("redriven", 3);
        requireNextRetryAfter(HOUR.multipliedBy(2));
        letPass(HOUR.multipliedBy(2));
        awaitParked("redriven", 4);
        requireNextRetryAfter(HOUR.multipliedBy(3));
        broken.set(false);

        letPass(HOUR.multipliedBy(3));
        await("the first event is handled", () -> versions("a").equals(List.of(1L)));

        awaitParked("redriven", 1);
        assertThat(lettersOf("redriven").getFirst().position()).isEqualTo(2);
    }

    @Test
    void aPaceWithoutAnySequenceIsRefused() {
        assertThatThrownBy(() -> new DeadLetters.Pace(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 sequences in a second");
    }

    @Test
    void sequencesFollowThePaceOfARetry() {
        appendInTurn(3, 2);
        instance.start(projecting(named("paced").retrying(RetryPolicy.none()), this::fail));
        await("all are parked", () -> lettersOf("paced").size() == 6);
        broken.set(false);

        timedLetters.retry(DeadLetterFilter.of("paced").in(State.PARKED), new DeadLetters.Pace(1), "somebody");
        instance.renewSoon();
        await("the first event of the first key is handled", () -> !readModel.isEmpty());
        assertThat(readModel.getFirst().stream().name()).isEqualTo("s-0");
        letPass(HOUR);
        await("each first event is handled", () -> readModel.size() == 3);
    }

    /** A little sooner, since pauses are shortened at random, or later, since the clock runs on. */
    private void requireNextRetryAfter(Duration pause) {
        var letter = lettersOf("redriven").getFirst();
        assertThat(Duration.between(
                        letter.lastFailure().orElseThrow(), letter.nextRetry().orElseThrow()))
                .isBetween(pause.multipliedBy(4).dividedBy(5), pause.plus(LIMIT));
    }

    @Test
    void aFollowerThatWaitedForLongerThanRetriesMayTakeIsTriedAsOftenAsAnyOther() throws Exception {
        append("a", 2);
        var running = instance.start(reacting(named("flaky").retrying(SOON.within(HOUR)), this::fail));
        assertThat(running.awaitPosition(2, LIMIT)).isTrue();
        letPass(HOUR.multipliedBy(2));
        broken.set(false);

        timedLetters.retry(DeadLetterFilter.of("flaky"), "somebody");
        instance.renewSoon();
        awaitParked("flaky", SOON.attempts());

        var follower = lettersOf("flaky").getFirst();
        assertThat(follower.position()).isEqualTo(2);
        assertThat(Duration.between(follower.parkedAt(), follower.firstFailure().orElseThrow()))
                .isGreaterThan(HOUR);
    }
}
