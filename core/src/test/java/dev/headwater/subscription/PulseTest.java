package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A thread that does not come by is interrupted, and only in the call in which it is silent. */
class PulseTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final AtomicLong now = new AtomicLong();
    private final Pulse pulse = new Pulse(now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void isSilentWhenItHasNotBeatenForSoLong() {
        pulse.of(Thread.currentThread());
        pass(LIMIT.minusNanos(1));
        assertThat(pulse.isSilentFor(LIMIT)).isFalse();

        pass(Duration.ofNanos(1));
        assertThat(pulse.isSilentFor(LIMIT)).isTrue();

        pulse.beat();
        assertThat(pulse.isSilentFor(LIMIT)).isFalse();
    }

    @Test
    void isNotSilentWhileItRests() {
        pulse.of(Thread.currentThread());
        pulse.rest();
        pass(LIMIT.multipliedBy(9));
        assertThat(pulse.interruptIfSilentFor(LIMIT)).isFalse();

        pulse.resume();
        assertThat(pulse.isSilentFor(LIMIT)).isFalse();
    }

    @Test
    void theInterruptionEndsWhenItComesBy() {
        pulse.of(Thread.currentThread());
        pass(LIMIT);

        assertThat(pulse.interruptIfSilentFor(LIMIT)).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(pulse.interruptIfSilentFor(LIMIT)).as("not at once again").isFalse();

        pulse.rest();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void anInterruptionOfSomebodyElseStays() {
        pulse.of(Thread.currentThread());
        Thread.currentThread().interrupt();
        pulse.beat();
        assertThat(Thread.interrupted()).isTrue();
    }
}
