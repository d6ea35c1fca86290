package dev.headwater.bus;

import static dev.headwater.bus.Concurrently.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.headwater.bus.TestMessages.OrderPlaced;
import dev.headwater.bus.TestMessages.OrderShipped;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AsynchronousClosingTest extends ClosingContract {

    @Override
    InProcessEventBus.Builder builder() {
        return InProcessEventBus.builder().asynchronous();
    }

    @Test
    void whatDoesNotEndInTimeIsInterruptedAndTheRestIsReported() {
        var failures = new CopyOnWriteArrayList<HandlerFailure>();
        var bus = builder().onFailure(failures::add).build();
        var entered = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var publishError = new AtomicReference<Throwable>();
        bus.subscribe(OrderPlaced.class, "stuck", envelope -> {
            entered.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                publishError.set(catchThrowable(() -> bus.publish(new OrderShipped("1"))));
                ended.countDown();
            }
        });
        IntStream.range(0, 5).forEach(number -> bus.publish(new OrderPlaced("1", number)));
        await(entered);

        assertThat(bus.close(Duration.ofMillis(1))).isFalse();
        await(ended);
        await("all failures are reported", () -> failures.size() == 5);

        assertThat(publishError.get()).isInstanceOf(IllegalStateException.class);
        assertThat(failures).extracting(HandlerFailure::handler).containsOnly("stuck");
        assertThat(failures)
                .filteredOn(failure -> failure.exception() instanceof CancellationException)
                .extracting(failure -> ((OrderPlaced) failure.envelope().message()).number())
                .containsExactly(1, 2, 3, 4);
        assertThat(failures)
                .filteredOn(failure -> failure.exception() instanceof InterruptedException)
                .extracting(failure -> ((OrderPlaced) failure.envelope().message()).number())
                .containsExactly(0);
        assertThat(bus.close(Duration.ofSeconds(20))).isFalse();
    }

    @Test
    void anInterruptedCloserDoesNotWaitAndKeepsItsFlag() {
        var bus = builder().onFailure(failure -> {}).build();
        bus.subscribe(OrderPlaced.class, envelope -> new CountDownLatch(1).await());
        bus.publish(new OrderPlaced("1"));

        Thread.currentThread().interrupt();
        bus.close();

        assertThat(Thread.interrupted()).isTrue();
        await("the handler was interrupted", () -> bus.activeKeys() == 0);
    }
}
