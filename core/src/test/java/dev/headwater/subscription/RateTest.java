package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RateTest {

    private static final Offset<Double> ALMOST = within(0.6);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Rate rate = new Rate(now::get);

    private void pass(Duration time, int perSecond) {
        for (long left = time.toMillis(); left > 0; left -= 10) {
            now.addAndGet(Duration.ofMillis(10).toNanos());
            rate.add(perSecond / 100);
        }
    }

    @Test
    void isZeroBeforeAnythingHappens() {
        assertThat(rate.perSecond()).isZero();
        pass(Duration.ofMinutes(1), 0);
        assertThat(rate.perSecond()).isZero();
    }

    @Test
    void tellsASteadyRateFromTheBeginningOn() {
        pass(Duration.ofMillis(100), 1000);
        assertThat(rate.perSecond()).isCloseTo(1000, within(10.0));
        pass(Duration.ofHours(1), 1000);
        assertThat(rate.perSecond()).isCloseTo(1000, ALMOST);
    }

    @Test
    void followsAChangeWithinSomeTimesTenSeconds() {
        pass(Duration.ofMinutes(5), 1000);
        pass(Duration.ofSeconds(10), 0);
        assertThat(rate.perSecond()).isCloseTo(368, ALMOST);
        pass(Duration.ofMinutes(2), 200);
        assertThat(rate.perSecond()).isCloseTo(200, ALMOST);
    }

    @Test
    void forgetsInTheEnd() {
        pass(Duration.ofMinutes(1), 1000);
        now.addAndGet(Duration.ofDays(1).toNanos());

        assertThat(rate.perSecond()).isZero();
    }
}
