package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A commit that is answered by a broken connection is repeated only when it was not stored. */
class UnansweredCommitTest extends FailureFixture {

    private final AtomicInteger unanswered = new AtomicInteger();
    /** What was committed. */
    private final List<Long> committed = new CopyOnWriteArrayList<>();

    /** Keeps what a projection wrote only with the commit, whose answer is lost now and then. */
    private final class Unanswered extends ForwardingSubscriptionStorage<List<StoredEvent>> {
        Unanswered() {
            super(storage);
        }

        @Override
        public PageTransaction<List<StoredEvent>> begin(
                String subscription, Holding holding, Map<Integer, Checkpoint> to) throws Exception {
            var written = new ArrayList<StoredEvent>();
            return new Transaction<>(super.begin(subscription, holding, to)) {
                @Override
                public List<StoredEvent> transaction() {
                    return written;
                }

                @Override
                public void commit() throws Exception {
                    super.commit();
                    written.forEach(event -> committed.add(event.position()));
                    if (unanswered.getAndDecrement() > 0) {
                        throw new StoreUnavailableException("The answer was lost", null);
                    }
                }
            };
        }
    }

    @Test
    void aPageOfAProjectionIsWrittenOnce() throws Exception {
        append(6);
        unanswered.set(4);

        var running = open(new Unanswered(), FAST).start(keeping(named("page").batchSize(2)));
        assertThat(running.awaitPosition(6, LIMIT)).isTrue();

        assertThat(committed).isEqualTo(upTo(6));
        assertThat(letters("page")).isEmpty();
    }

    @Test
    void aLetterOfAProjectionThatIsTriedAgainIsWrittenOnce() throws Exception {
        append("a", 2);
        append("b", 1);
        var instance = open(new Unanswered(), FAST);
        var running = instance.start(projecting(named("letters").retrying(RetryPolicy.none()), this::breakForFirstOfA));
        assertThat(running.awaitPosition(3, LIMIT)).isTrue();
        assertThat(letters("letters")).hasSize(2);
        broken.set(false);
        unanswered.set(1);

        deadLetters.retry(DeadLetterFilter.of("letters"), "somebody");
        instance.renewSoon();
        await("nothing is set aside", () -> letters("letters").isEmpty());

        assertThat(committed).containsExactly(3L, 1L, 2L);
    }
}
