package dev.headwater.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AwaitTest {

    @Test
    void returnsWhenTheConditionHolds() {
        var asked = new AtomicInteger();

        Await.until("it was asked three times", Duration.ofSeconds(10), () -> asked.incrementAndGet() == 3);

        assertThat(asked).hasValue(3);
    }

    @Test
    void namesWhatItWaitedForInVain() {
        assertThatThrownBy(() -> Await.until("pigs fly", Duration.ofMillis(5), () -> false))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("pigs fly");
    }

    @Test
    void endsWhenItsThreadIsInterrupted() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Await.until("pigs fly", Duration.ofSeconds(10), () -> false))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }
}
