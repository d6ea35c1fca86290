package dev.headwater.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GateTest {

    private static final long LIMIT = TimeUnit.SECONDS.toNanos(20);

    @Test
    void letsNobodyInOnceItIsClosed() {
        var gate = new Gate();
        assertThat(gate.enter()).isTrue();

        gate.close();

        assertThat(gate.enter()).isFalse();
        assertThat(gate.isClosed()).isTrue();
        assertThat(gate.awaitEmpty(1)).isFalse();
        gate.leave();
        assertThat(gate.awaitEmpty(LIMIT)).isTrue();
    }

    @Test
    void isEmptyAtOnceWhenNobodyWasInside() {
        var gate = new Gate();

        gate.close();

        assertThat(gate.awaitEmpty(LIMIT)).isTrue();
    }

    @Test
    void whoeverClosesItUnderLoadFindsNobodyInsideAfterwards() throws InterruptedException, ExecutionException {
        try (var threads = Executors.newCachedThreadPool()) {
            for (int round = 0; round < 5_000; round++) {
                var gate = new Gate();
                var inside = new AtomicInteger();
                var over = new AtomicBoolean();
                var late = new AtomicBoolean();
                var visitors = new ArrayList<Future<?>>();
                for (int i = 0; i < 3; i++) {
                    visitors.add(threads.submit(() -> {
                        while (gate.enter()) {
                            inside.incrementAndGet();
                            if (over.get()) {
                                late.set(true);
                            }
                            inside.decrementAndGet();
                            gate.leave();
                        }
                    }));
                }
                for (int spin = round % 100; spin > 0; spin--) {
                    Thread.onSpinWait();
                }

                gate.close();
                assertThat(gate.awaitEmpty(LIMIT)).isTrue();
                int left = inside.get();
                over.set(true);

                for (var visitor : visitors) {
                    visitor.get();
                }
                assertThat(left).isZero();
                assertThat(late).isFalse();
            }
        }
    }
}
