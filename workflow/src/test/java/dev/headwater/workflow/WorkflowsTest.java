package dev.headwater.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headwater.MessageTypes;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.workflow.Trip.TripCommand;
import dev.headwater.workflow.Trip.TripEvent;
import dev.headwater.workflow.memory.InMemoryProcessStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WorkflowsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-02-28T12:34:56Z"));
    private final InMemoryEventStorage log = new InMemoryEventStorage();
    private final Object transaction = new Object();

    private Workflows.Builder<Object> builder(MessageTypes types) {
        var store = new EventStore(log, types);
        var subscriptions = new Subscriptions<>(store, new InMemorySubscriptionStorage<>(transaction));
        return Workflows.builder(store, subscriptions, new InMemoryProcessStorage<>(log, now::get));
    }

    @Test
    void refusesMessagesThatTheStoreDoesNotKnow() {
        var builder = builder(MessageTypes.of(TripEvent.Wanted.class, TripEvent.Left.class, TripCommand.Book.class))
                .run(Trip.table());

        assertThatIllegalArgumentException()
                .isThrownBy(builder::start)
                .withMessageContaining("'trips' needs " + TripEvent.Booking.Booked.class.getName())
                .withMessageContaining("'trips' needs " + TripEvent.Booking.Full.class.getName())
                .withMessageContaining("'trips' needs " + TripCommand.Apologise.class.getName());
    }

    @Test
    void refusesTwoProcessesOfOneName() {
        var builder =
                builder(MessageTypes.of(TripEvent.class, TripCommand.class)).run(Trip.table());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.run(Trip.table()))
                .withMessageContaining("'trips'");
    }

    @Test
    void theTimekeeperEndsTimesByItselfWhenTheClockMoves() throws InterruptedException {
        var types = MessageTypes.of(TripEvent.class, TripCommand.class);
        try (var workflows = builder(types)
                .run(Trip.table())
                .lookingEvery(Duration.ofMillis(1))
                .start()) {
            new EventStore(log, types)
                    .append(new StreamId("trip-1"), ExpectedVersion.any(), new TripEvent.Wanted("1", 5));
            awaitBeginning(workflows);
            assertThat(workflows.awaitEnd("trips", "1", Duration.ofMillis(50))).isEmpty();

            now.updateAndGet(time -> time.plus(Duration.ofMinutes(16)));

            assertThat(workflows.awaitEnd("trips", "1", PATIENCE).orElseThrow().stage())
                    .isEqualTo("OFF");
        }
    }

    @Test
    void timesEndAlsoForAnIdWhoseFormerInstanceWasRemoved() throws Exception {
        var types = MessageTypes.of(TripEvent.class, TripCommand.class);
        var store = new EventStore(log, types);
        var storage = new InMemoryProcessStorage<>(log, now::get);
        try (var subscriptions = new Subscriptions<>(store, new InMemorySubscriptionStorage<>(transaction));
                var workflows = Workflows.builder(store, subscriptions, storage)
                        .run(Trip.table())
                        .lookingEvery(Duration.ofMillis(1))
                        .start()) {
            for (int i = 0; i < 2; i++) {
                store.append(new StreamId("trip-1"), ExpectedVersion.any(), new TripEvent.Wanted("1", 5));
                awaitBeginning(workflows);
                now.updateAndGet(time -> time.plus(Duration.ofMinutes(16)));
                assertThat(workflows.awaitEnd("trips", "1", PATIENCE))
                        .as("the instance " + i)
                        .isPresent();
                now.updateAndGet(time -> time.plus(Duration.ofMinutes(1)));
                assertThat(storage.removeEnded(Duration.ofSeconds(1), 10)).isEqualTo(1);
            }
        }
    }

    private static void awaitBeginning(Workflows workflows) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (workflows.find("trips", "1").isEmpty()) {
            assertThat(System.nanoTime()).as("it has not begun in time").isLessThan(end);
            workflows.awaitEnd("trips", "1", Duration.ofMillis(1));
        }
    }
}
