package dev.headwater.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.memory.InMemoryEventStorage;
import dev.headwater.memory.InMemorySnapshotStore;
import dev.headwater.memory.InMemorySubjectKeys;
import dev.headwater.memory.InMemorySubscriptionStorage;
import dev.headwater.privacy.CachedSubjectKeys;
import dev.headwater.privacy.Erasure;
import dev.headwater.privacy.Personal;
import dev.headwater.privacy.PersonalDataModule;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.workflow.Trip.TripCommand;
import dev.headwater.workflow.Trip.TripEvent;
import dev.headwater.workflow.memory.InMemoryProcessStorage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a journal says about persons is forgotten with their keys. */
class ErasedJournalTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String GUEST = "guest-1";
    private static final String NAME = "Ann of Cleves";

    private record Guest(Personal<String> name) {}

    private record Ticket(Personal<String> holder) {}

    private final CachedSubjectKeys keys = new CachedSubjectKeys(new InMemorySubjectKeys());
    private final InMemoryEventStorage log = new InMemoryEventStorage();
    private final EventStore store = new EventStore(
            log,
            MessageSerializer.builder(MessageTypes.of(TripEvent.class, TripCommand.class))
                    .mapper(MessageSerializer.defaultMapper()
                            .addModule(new PersonalDataModule(keys))
                            .build())
                    .build());
    private final InMemorySubscriptionStorage<Object> storage = new InMemorySubscriptionStorage<>(new Object());

    private static final WorkflowDefinition<Guest, String> STAY = WorkflowDefinition.of(
                    "stay", 1, Guest.class, String.class, (wf, guest) -> {
                        var ticket = wf.step("ticket").call(Ticket.class, key -> new Ticket(guest.name()));
                        wf.await(TripEvent.Booking.class);
                        return guest.name().orElse("somebody") + ", "
                                + ticket.holder().orElse("a ticket");
                    })
            .awaiting(TripEvent.Booking.class, TripEvent.Booking::trip);

    @Test
    void anInstanceGoesOnWithoutWhatItKnewOfAPersonThatWasForgotten() throws Exception {
        try (var subscriptions = new Subscriptions<>(store, storage);
                var workflows = Workflows.builder(store, subscriptions, new InMemoryProcessStorage<>(log))
                        .run(STAY)
                        .start()) {
            var forgotten = workflows.start(STAY, "1", new Guest(Personal.of(GUEST, NAME)));
            var known = workflows.start(STAY, "2", new Guest(Personal.of("guest-2", "Jane")));
            awaitWaiting(workflows);
            assertThat(everything()).as("in the clear").doesNotContain(NAME).doesNotContain("Jane");

            new Erasure(keys, store, new InMemorySnapshotStore(), storage.deadLetters()).forget(GUEST);
            assertThat(WorkflowReplay.of(store).run(STAY)).isEmpty();
            for (var id : new String[] {"1", "2"}) {
                store.append(new StreamId("trip-" + id), ExpectedVersion.any(), new TripEvent.Booking.Booked(id, "1"));
            }

            assertThat(workflows.awaitEnd(forgotten, PATIENCE)).contains(new Ending.Completed<>("somebody, a ticket"));
            assertThat(workflows.awaitEnd(known, PATIENCE)).contains(new Ending.Completed<>("Jane, Jane"));
        }
    }

    @Test
    void anInputThatIsEncryptedIsTheSameWhenItIsGivenAgain() {
        try (var subscriptions = new Subscriptions<>(store, storage);
                var workflows = Workflows.builder(store, subscriptions, new InMemoryProcessStorage<>(log))
                        .run(STAY)
                        .start()) {
            workflows.start(STAY, "1", new Guest(Personal.of(GUEST, NAME)));

            assertThat(workflows
                            .start(STAY, "1", new Guest(Personal.of(GUEST, NAME)))
                            .isNew())
                    .isFalse();
            assertThatThrownBy(() -> workflows.start(STAY, "1", new Guest(Personal.of(GUEST, "Jane"))))
                    .hasMessageContaining("another input")
                    .hasMessageNotContaining(NAME);
        }
    }

    private static void awaitWaiting(Workflows workflows) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (workflows.count().getOrDefault("stay", Map.of()).getOrDefault(ProcessState.WAITING, 0L) < 2) {
            assertThat(System.nanoTime() - end).as("in time").isNegative();
            Thread.onSpinWait();
        }
    }

    /** All payloads of the log, journals included. */
    private String everything() {
        var texts = new StringBuilder();
        try (var events = store.readLog(0, EventQuery.all().withReserved())) {
            events.forEach(event -> texts.append(new String(event.encoded().payload(), StandardCharsets.UTF_8)));
        }
        return texts.toString();
    }
}
