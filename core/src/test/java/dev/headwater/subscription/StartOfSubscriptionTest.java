package dev.headwater.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.store.EventStore;
import dev.headwater.store.spi.ForwardingEventStorage;
import java.time.Instant;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Where a subscription begins, and when it does not. */
class StartOfSubscriptionTest extends SubscriptionFixture {

    @Test
    void beginsAReactorWithEventsAppendedAfterItsFirstStart() throws Exception {
        append(3);
        var seen = new CopyOnWriteArrayList<Long>();

        var running = subscriptions.start(Subscription.named("mail").reacting(event -> seen.add(event.position())));
        append(2);
        assertThat(running.awaitPosition(5, LIMIT)).isTrue();

        assertThat(seen).containsExactly(4L, 5L);
    }

    @Test
    void beginsAReactorAnywhereOnlyWhenItIsAskedTo() throws Exception {
        append(2);
        var seen = new CopyOnWriteArrayList<Long>();
        Reactor mail = event -> seen.add(event.position());
        subscriptions.start(named("mail").reacting(mail)).close();
        append(2);

        var again = subscriptions.start(reacting("mail", mail));
        assertThat(again.awaitPosition(4, LIMIT)).isTrue();
        assertThat(seen).as("what came after its first start").containsExactly(3L, 4L);

        subscriptions.reset("mail", 0);
        await("everything came again", () -> seen.size() == 6);
        assertThat(seen).containsExactly(3L, 4L, 1L, 2L, 3L, 4L);
    }

    @Test
    void beginsWhereItIsTold() throws Exception {
        append(5);

        var running = subscriptions.start(keeping(named("late").startingAt(StartFrom.after(3))));
        assertThat(running.awaitPosition(5, LIMIT)).isTrue();

        assertThat(positions()).containsExactly(4L, 5L);
    }

    @Test
    void beginsBehindTheHeadWhenItIsTold() throws Exception {
        append(2);

        var running = subscriptions.start(keeping(named("later").startingAt(StartFrom.after(5))));
        assertThat(running.status().lag()).isZero();
        append(5);
        assertThat(running.awaitPosition(7, LIMIT)).isTrue();

        assertThat(positions()).containsExactly(6L, 7L);
    }

    @Test
    void beginsWithTheFirstEventOfATime() throws Exception {
        appendAt(NOON, NOON.plusSeconds(2), NOON.plusSeconds(1), NOON.plusSeconds(3));

        var running = subscriptions.start(keeping(named("since").startingAt(StartFrom.at(NOON.plusSeconds(1)))));
        assertThat(running.awaitPosition(4, LIMIT)).isTrue();

        assertThat(positions()).containsExactly(2L, 3L, 4L);
    }

    @Test
    void looksForItsBeginningOnlyWhenItIsFirstStarted() throws Exception {
        var since = keeping(named("since").startingAt(StartFrom.at(NOON)));
        append(3);
        var first = subscriptions.start(since);
        assertThat(first.awaitPosition(3, LIMIT)).isTrue();
        first.close();

        var forgetful = new EventStore(
                new ForwardingEventStorage(log) {
                    @Override
                    public long positionBefore(Instant time) {
                        throw new AssertionError("The log was searched though there is a checkpoint");
                    }
                },
                store.serializer());
        try (var elsewhere = new Subscriptions<>(forgetful, storage, FAST)) {
            append(1);
            assertThat(elsewhere.start(since).awaitPosition(4, LIMIT)).isTrue();
        }

        assertThat(positions()).isEqualTo(upTo(4));
    }

    @Test
    void keepsTheNumberOfSegmentsOfItsFirstStart() throws Exception {
        append(5);
        subscriptions.start(keeping(named("all").segments(3))).close();

        var again = subscriptions.start(keeping(named("all").segments(8)));
        assertThat(again.awaitPosition(5, LIMIT)).isTrue();

        assertThat(again.status().segments()).hasSize(3);
        assertThat(positions()).isEqualTo(upTo(5));
    }

    @Test
    void refusesTheSameNameTwiceAtATime() {
        subscriptions.start(keeping("twin"));

        assertThatThrownBy(() -> subscriptions.start(keeping("twin")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("twin");
    }

    @Test
    void refusesToStartWhatWouldNeverRun() {
        subscriptions.close();

        assertThatThrownBy(() -> subscriptions.start(keeping("late")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("late");
    }
}
