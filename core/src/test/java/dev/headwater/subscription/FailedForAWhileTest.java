package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.SubscriptionStatus.State;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A subscription that has failed tries again by itself, and a storage that is busy makes none fail. */
class FailedForAWhileTest extends FailureFixture {

    private final AtomicInteger begun = new AtomicInteger();

    /** Fails with this whenever a page is begun while it is broken. */
    private final class Failing extends ForwardingSubscriptionStorage<List<StoredEvent>> {
        private final Exception failure;

        Failing(Exception failure) {
            super(storage);
            this.failure = failure;
        }

        @Override
        public PageTransaction<List<StoredEvent>> begin(
                String subscription, Holding holding, Map<Integer, Checkpoint> to) throws Exception {
            if (broken.get()) {
                begun.incrementAndGet();
                throw failure;
            }
            return super.begin(subscription, holding, to);
        }
    }

    private Subscriptions<List<StoredEvent>> failing(Exception failure) {
        return open(new Failing(failure), FAST.recoveringWith(Duration.ofMillis(1), Duration.ofMillis(20)));
    }

    @Test
    void itFailsVisiblyTriesAgainAndGoesOn() throws Exception {
        append(3);
        var running = failing(new IllegalStateException("a table is gone")).start(keeping("failed"));
        await("it has failed", () -> running.status().state() == State.FAILED);
        assertThat(storage.segments("failed"))
                .as("others may try")
                .allMatch(segment -> segment.owner().isEmpty());
        int before = begun.get();
        await("it has tried again", () -> begun.get() > before);
        broken.set(false);

        await("it goes on", () -> positions().equals(upTo(3)));
        await("it is well again", () -> running.status().state() == State.RUNNING);
    }

    @Test
    void rowsThatSomebodyHasLockedAreWaitedForHoweverLong() throws Exception {
        requireWaitedFor(new SQLException("canceling statement due to lock timeout", "55P03"));
    }

    @Test
    void aStorageThatIsAwayIsWaitedForHoweverLong() throws Exception {
        requireWaitedFor(new StoreUnavailableException("away", null));
    }

    private void requireWaitedFor(Exception failure) throws Exception {
        append(3);
        var running = failing(failure).start(keeping("waiting"));
        await("it was tried often", () -> begun.get() > 40);
        assertThat(running.status().state()).isEqualTo(State.RETRYING);
        broken.set(false);

        assertThat(running.awaitPosition(3, LIMIT)).isTrue();
        assertThat(letters("waiting")).isEmpty();
    }
}
