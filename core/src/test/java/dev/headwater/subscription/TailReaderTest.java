package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.store.EventQuery;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How often the end of the log is read for subscriptions that want little of it. */
class TailReaderTest extends SubscriptionFixture {

    private final AtomicLong clock = new AtomicLong();
    private final List<Duration> rests = new ArrayList<>();

    @Test
    void afterALookThatConcernedNobodyItRestsForAWhileThatFollowsFromHowLongItTook() {
        var picky = new ArrayList<RunningSubscription<List<StoredEvent>>>();
        for (int i = 0; i < 3; i++) {
            picky.add(subscriptions.start(keeping(named("picky-" + i).events(EventQuery.ofTypes(Set.of("other"))))));
        }
        var millis = new AtomicLong(1);
        var tail = new TailReader<>(
                store, () -> picky, () -> clock.getAndAdd(TimeUnit.MILLISECONDS.toNanos(millis.get())), rests::add);
        tail.wakeThoseConcerned();
        assertThat(rests).as("it does not know yet where to begin").isEmpty();

        append(1);
        tail.wakeThoseConcerned();
        assertThat(rests).containsExactly(Duration.ofMillis(4));

        store.append(new StreamId("s"), ExpectedVersion.any(), new Other());
        tail.wakeThoseConcerned();
        assertThat(rests).as("somebody is concerned").hasSize(1);

        millis.set(100);
        append(1);
        tail.wakeThoseConcerned();
        assertThat(rests).as("what is wanted waits for no more").endsWith(Duration.ofMillis(5));
    }
}
