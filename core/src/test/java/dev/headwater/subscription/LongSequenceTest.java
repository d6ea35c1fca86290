package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.StoredEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A sequence of letters is freed also when there are exactly as many of them as are read at once, or twice as many. */
class LongSequenceTest extends FailureFixture {

    @Test
    void aReactorGoesOnWithAKeyThatHadAHundredLetters() throws Exception {
        requireFreed(reacting(named("long").retrying(RetryPolicy.none()), this::breakForFirstOfA), 100);
    }

    @Test
    void aReactorGoesOnWithAKeyThatHadTwoHundredLetters() throws Exception {
        requireFreed(reacting(named("long").retrying(RetryPolicy.none()), this::breakForFirstOfA), 200);
    }

    @Test
    void aProjectionGoesOnWithAKeyThatHadAHundredLetters() throws Exception {
        requireFreed(projecting(named("long").retrying(RetryPolicy.none()), this::breakForFirstOfA), 100);
    }

    @Test
    void aProjectionGoesOnWithAKeyThatHadTwoHundredLetters() throws Exception {
        requireFreed(projecting(named("long").retrying(RetryPolicy.none()), this::breakForFirstOfA), 200);
    }

    private void requireFreed(Subscription<List<StoredEvent>> subscription, int letters) throws Exception {
        append("a", letters);
        var running = subscriptions.start(subscription);
        assertThat(running.awaitPosition(letters, LIMIT)).isTrue();
        assertThat(letters("long")).hasSize(letters);
        broken.set(false);

        deadLetters.retry(DeadLetterFilter.of("long"), "somebody");
        subscriptions.renewSoon();
        await("nothing is set aside", () -> letters("long").isEmpty());
        append("a", 1);
        assertThat(running.awaitPosition(letters + 1, LIMIT)).isTrue();

        assertThat(versions("a")).isEqualTo(upTo(letters + 1));
        assertThat(letters("long")).isEmpty();
    }
}
