package dev.headwater.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RetriesTest {

    private static final StreamId STREAM = StreamId.of("counter", "a");

    private final List<Duration> pauses = new ArrayList<>();

    @Test
    void pausesAtRandomBelowABoundThatDoublesUpToAnEnd() {
        failing(retries(new Random(1), 10));

        assertThat(pauses).hasSize(9).doesNotHaveDuplicates();
        for (int i = 0; i < pauses.size(); i++) {
            assertThat(pauses.get(i)).isLessThan(Duration.ofMillis(Math.min(2L << i, 128)));
        }
        assertThat(pauses).anyMatch(pause -> pause.compareTo(Duration.ofMillis(16)) > 0);
    }

    @Test
    void twoContendersPauseDifferently() {
        failing(retries(new Random(1), 5));
        var first = List.copyOf(pauses);
        pauses.clear();

        failing(retries(new Random(2), 5));

        assertThat(pauses).isNotEqualTo(first);
    }

    @Test
    void doesNotPauseForAUnitThatSucceeds() {
        assertThat(retries(new Random(1), 5).whileOvertaken(STREAM, () -> "done"))
                .isEqualTo("done");
        assertThat(pauses).isEmpty();
    }

    @Test
    void givesUpWithTheConflictWhenItIsInterrupted() {
        var retries = new Retries(5, new Random(1), pause -> {
            throw new InterruptedException();
        });

        failing(retries);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void atMostTwoOfThisProcessWorkOnOneStreamAtOnce() throws Exception {
        var retries = retries(new Random(1), 1);
        var atOnce = new AtomicInteger();
        var most = new AtomicInteger();
        var twoAreAtWork = new CountDownLatch(2);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                threads.execute(() -> retries.whileOvertaken(STREAM, () -> {
                    most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                    twoAreAtWork.countDown();
                    await(twoAreAtWork);
                    return atOnce.decrementAndGet();
                }));
            }
        }
        assertThat(most).hasValue(2);
    }

    @Test
    void anotherStreamIsNotWaitedFor() {
        var turns = new Turns(Duration.ofSeconds(20));

        var other = turns.inTurn(
                STREAM, () -> turns.inTurn(STREAM, () -> turns.inTurn(StreamId.of("counter", "b"), () -> "done")));

        assertThat(other).isEqualTo("done");
    }

    @Test
    void whoeverHoldsUpTheOthersForTooLongIsPassed() {
        var turns = new Turns(Duration.ofMillis(1));

        var third = turns.inTurn(STREAM, () -> turns.inTurn(STREAM, () -> turns.inTurn(STREAM, () -> "done")));

        assertThat(third).isEqualTo("done");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Retries retries(Random random, int attempts) {
        return new Retries(attempts, random, pauses::add);
    }

    private static void failing(Retries retries) {
        Supplier<Void> overtaken = () -> {
            throw new ConcurrencyException(STREAM, ExpectedVersion.exactly(1), 2);
        };
        assertThatThrownBy(() -> retries.whileOvertaken(STREAM, overtaken)).isInstanceOf(ConcurrencyException.class);
    }
}
