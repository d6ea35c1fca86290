package dev.headwater.bus;

import static dev.headwater.bus.Concurrently.await;
import static dev.headwater.bus.Concurrently.join;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.bus.TestMessages.OrderPlaced;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SynchronousClosingTest extends ClosingContract {

    @Override
    InProcessEventBus.Builder builder() {
        return InProcessEventBus.builder();
    }

    @Test
    void closingInLimitedTimeSaysWhetherPublishersAreStillDelivering() {
        var bus = builder().build();
        var entered = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        bus.subscribe(OrderPlaced.class, envelope -> {
            entered.countDown();
            await(release);
        });
        var publisher = Thread.startVirtualThread(() -> bus.publish(new OrderPlaced("1")));
        await(entered);

        assertThat(bus.close(Duration.ofMillis(1))).isFalse();
        release.countDown();
        assertThat(bus.close(Duration.ofSeconds(20))).isTrue();
        join(publisher);
    }
}
