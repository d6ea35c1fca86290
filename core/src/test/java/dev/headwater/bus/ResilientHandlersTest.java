package dev.headwater.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.failure.FailureKind;
import dev.headwater.failure.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ResilientHandlersTest {

    record Told(int number) implements DomainEvent {}

    private static final RetryPolicy SOON = RetryPolicy.DEFAULT
            .withAttempts(3)
            .withPauses(Duration.ofNanos(1), Duration.ofNanos(2))
            .treating(IllegalArgumentException.class, FailureKind.PERMANENT);

    private final ResilientHandlers resilient = new ResilientHandlers(SOON, 2);
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private RuntimeException failure = new IllegalStateException("away");

    private void flaky(Envelope<? extends Told> told) {
        calls.incrementAndGet();
        if (failures.getAndDecrement() > 0) {
            throw failure;
        }
    }

    @Test
    void aTransientFailureIsTriedAgain() throws Exception {
        failures.set(2);

        resilient.<Told>wrap("flaky", this::flaky).handle(Envelope.of(new Told(1)));

        assertThat(calls).hasValue(3);
        assertThat(resilient.letters()).isEmpty();
    }

    @Test
    void whatFailsForGoodIsKeptWithItsReason() throws Exception {
        failures.set(Integer.MAX_VALUE);
        var envelope = Envelope.of(new Told(1));

        resilient.<Told>wrap("flaky", this::flaky).handle(envelope);

        assertThat(calls).hasValue(3);
        assertThat(resilient.letters()).singleElement().satisfies(letter -> {
            assertThat(letter.handler()).isEqualTo("flaky");
            assertThat(letter.envelope()).isSameAs(envelope);
            assertThat(letter.attempts()).isEqualTo(3);
            assertThat(letter.failure().message()).isEqualTo("away");
        });
    }

    @Test
    void aPermanentFailureIsNotTriedAgain() throws Exception {
        failure = new IllegalArgumentException("never");
        failures.set(Integer.MAX_VALUE);

        resilient.<Told>wrap("flaky", this::flaky).handle(Envelope.of(new Told(1)));

        assertThat(calls).hasValue(1);
        assertThat(resilient.letters()).hasSize(1);
    }

    @Test
    void aLetterStaysWhenARuleFailsWithItsNextFailure() throws Exception {
        var ruled = new ResilientHandlers(
                SOON.withAttempts(2).treating(rule -> rule.getMessage().isEmpty(), FailureKind.TRANSIENT), 2);
        failures.set(Integer.MAX_VALUE);
        var envelope = Envelope.of(new Told(1));
        ruled.<Told>wrap("flaky", this::flaky).handle(envelope);
        failure = new IllegalStateException();

        assertThat(ruled.retry("flaky", envelope.id())).isFalse();

        assertThat(ruled.letters()).hasSize(1);
    }

    @Test
    void aRetryCallsOnlyTheHandlerThatFailed() throws Exception {
        failures.set(3);
        var others = new ArrayList<Envelope<?>>();
        var envelope = Envelope.of(new Told(1));
        try (var bus = InProcessEventBus.builder().build()) {
            bus.subscribe(Told.class, "flaky", resilient.<Told>wrap("flaky", this::flaky));
            bus.subscribe(Told.class, "other", resilient.<Told>wrap("other", others::add));
            bus.publish(envelope);
            assertThat(resilient.letters()).hasSize(1);

            assertThat(resilient.retry("flaky", envelope.id())).isTrue();
        }

        assertThat(calls).hasValue(4);
        assertThat(others).hasSize(1);
        assertThat(resilient.letters()).isEmpty();
    }

    @Test
    void aRetryThatFailsKeepsTheLetter() throws Exception {
        failures.set(Integer.MAX_VALUE);
        var envelope = Envelope.of(new Told(1));
        resilient.<Told>wrap("flaky", this::flaky).handle(envelope);
        var first = resilient.letters().getFirst();

        assertThat(resilient.retry("flaky", envelope.id())).isFalse();

        assertThat(resilient.letters()).singleElement().satisfies(letter -> {
            assertThat(letter.attempts()).isEqualTo(6);
            assertThat(letter.firstFailure()).isEqualTo(first.firstFailure());
        });
    }

    @Test
    void aDiscardedLetterIsGone() throws Exception {
        failures.set(Integer.MAX_VALUE);
        var envelope = Envelope.of(new Told(1));
        resilient.<Told>wrap("flaky", this::flaky).handle(envelope);

        resilient.discard("flaky", envelope.id());

        assertThat(resilient.letters()).isEmpty();
        assertThatThrownBy(() -> resilient.retry("flaky", envelope.id()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("flaky");
    }

    @Test
    void whenFullAFailureReachesTheErrorListenerAsBefore() {
        failures.set(Integer.MAX_VALUE);
        var handler = resilient.<Told>wrap("flaky", this::flaky);

        var refused = new ArrayList<Throwable>();
        for (int i = 0; i < 3; i++) {
            try {
                handler.handle(Envelope.of(new Told(i)));
            } catch (Exception e) {
                refused.add(e);
            }
        }

        assertThat(resilient.letters()).hasSize(2);
        assertThat(refused).isEqualTo(List.of(failure));
    }
}
