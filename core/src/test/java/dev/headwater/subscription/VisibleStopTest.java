package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.failure.FailureKind;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.DeadLetter.State;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A subscription that cannot set an event aside, or cannot judge, stops where people see it. */
class VisibleStopTest extends FailureFixture {

    @Test
    void aReactorThatCannotPutAnEventAsideStopsVisiblyThere() throws Exception {
        requireStopWhenLettersCannotBeWritten(reacting(named("stuck").batchSize(1), this::breakForFirstOfA));
    }

    @Test
    void aProjectionThatCannotPutAnEventAsideStopsVisiblyThere() throws Exception {
        requireStopWhenLettersCannotBeWritten(projecting(named("stuck").batchSize(1), this::breakForFirstOfA));
    }

    private void requireStopWhenLettersCannotBeWritten(Subscription<List<StoredEvent>> subscription) throws Exception {
        append("b", 2);
        append("a", 1);
        append("b", 1);
        var full = open(new WithoutLetters(), FAST.recoveringWith(Duration.ofMillis(1), Duration.ofMinutes(1)));

        var running = full.start(subscription);
        assertThat(running.awaitPosition(4, LIMIT)).isFalse();

        var status = running.status();
        assertThat(status.state()).isEqualTo(SubscriptionStatus.State.FAILED);
        assertThat(status.position()).isLessThanOrEqualTo(2);
        assertThat(status.lag()).isEqualTo(4 - status.position());
        assertThat(status.lastError().orElseThrow()).hasMessage("no letter can be written");
        assertThat(letters("stuck")).isEmpty();
        assertThat(positions()).startsWith(1L, 2L).doesNotContain(3L);
        full.close();
        readModel.clear();

        var again = subscriptions.start(subscription);
        assertThat(again.awaitPosition(4, LIMIT)).isTrue();
        assertThat(positions()).endsWith(4L).doesNotContain(3L);
        assertThat(states("stuck")).containsExactly(State.PARKED);
    }

    /** Takes no letters. */
    private final class WithoutLetters extends ForwardingSubscriptionStorage<List<StoredEvent>> {
        WithoutLetters() {
            super(storage);
        }

        @Override
        public PageTransaction<List<StoredEvent>> begin(
                String subscription, Holding holding, Map<Integer, Checkpoint> to) throws Exception {
            return new Transaction<>(super.begin(subscription, holding, to)) {
                @Override
                public void park(Letter letter) {
                    throw new IllegalStateException("no letter can be written");
                }
            };
        }
    }

    @Test
    void aFailedSubscriptionCanBeStartedAgainInTheSameProcess() throws Exception {
        append("a", 1);
        var full = new AtomicBoolean(true);
        var without = new WithoutLetters();
        var sometimes = new ForwardingSubscriptionStorage<>(storage) {
            @Override
            public PageTransaction<List<StoredEvent>> begin(
                    String subscription, Holding holding, Map<Integer, Checkpoint> to) throws Exception {
                if (full.get()) {
                    return without.begin(subscription, holding, to);
                } else {
                    return super.begin(subscription, holding, to);
                }
            }
        };
        var instance = open(sometimes, FAST.recoveringWith(Duration.ofMillis(1), Duration.ofMinutes(1)));
        assertThat(instance.start(reacting("stuck", this::breakForFirstOfA)).awaitPosition(1, LIMIT))
                .isFalse();
        full.set(false);

        assertThat(instance.start(reacting("stuck", this::breakForFirstOfA)).awaitPosition(1, LIMIT))
                .isTrue();

        assertThat(states("stuck")).containsExactly(State.PARKED);
    }

    @Test
    void aRuleThatCannotJudgeStopsNothing() throws Exception {
        append("a", 1);
        var running = subscriptions.start(reacting(
                named("unjudged")
                        .retrying(SOON.treating(
                                failure -> {
                                    throw new IllegalArgumentException("no judgement");
                                },
                                FailureKind.TRANSIENT)),
                this::failForFirstOfA));

        assertThat(running.awaitPosition(1, LIMIT)).isTrue();
        assertThat(states("unjudged")).hasSize(1);
    }
}
