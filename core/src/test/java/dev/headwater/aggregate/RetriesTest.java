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
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RetriesTest {

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
        assertThat(retries(new Random(1), 5).whileOvertaken(() -> "done")).isEqualTo("done");
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

    private Retries retries(Random random, int attempts) {
        return new Retries(attempts, random, pauses::add);
    }

    private static void failing(Retries retries) {
        Supplier<Void> overtaken = () -> {
            throw new ConcurrencyException(StreamId.of("counter", "a"), ExpectedVersion.exactly(1), 2);
        };
        assertThatThrownBy(() -> retries.whileOvertaken(overtaken)).isInstanceOf(ConcurrencyException.class);
    }
}
