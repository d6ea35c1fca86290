package dev.headwater.examples.quickstart;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.command.CommandDelivery;
import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.examples.quickstart.WorkflowQuickstart.StayEvent.RoomBooked;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.workflow.Awaited.Received;
import dev.headwater.workflow.Awaited.TimedOut;
import dev.headwater.workflow.WorkflowContext;
import dev.headwater.workflow.WorkflowDefinition;
import dev.headwater.workflow.Workflows;

/** The program of the guide to workflows: a stay that is arranged in time, or undone. */
public final class WorkflowQuickstart {

    private WorkflowQuickstart() {}

    // spotless:off
    // snippet:workflow
    record Stay(String guest, int nights) {}

    sealed interface StayEvent extends DomainEvent {
        @MessageType("room.booked") record RoomBooked(String stay, String room) implements StayEvent {}
    }

    sealed interface StayCommand extends Command<Void> {
        @MessageType("room.book") record BookRoom(String stay, int nights) implements StayCommand {}
        @MessageType("room.release") record ReleaseRoom(String stay) implements StayCommand {}
    }

    static String arrange(WorkflowContext wf, Stay stay) {
        var ticket = wf.step("buy a ticket")
                .undoneBy(key -> System.out.println("ticket given back"))
                .call(String.class, key -> "ticket for " + stay.guest());

        wf.send(new StayCommand.BookRoom(wf.id(), stay.nights()), new StayCommand.ReleaseRoom(wf.id()));
        return switch (wf.await(RoomBooked.class, ofMinutes(15))) {
            case Received(RoomBooked booked) -> ticket + ", room " + booked.room();
            case TimedOut() -> throw wf.failure("no room in time"); // the room is released, the ticket given back
        };
    }

    static final WorkflowDefinition<Stay, String> STAY = WorkflowDefinition
            .of("stay", 1, Stay.class, String.class, WorkflowQuickstart::arrange)
            .awaiting(RoomBooked.class, RoomBooked::stay);

    public static void main(String[] args) throws Exception {
        var types = MessageTypes.of(StayEvent.class, StayCommand.class);
        try (var postgres = EmbeddedDatabase.start(); // or any PostgreSQL from 14 to 18
                var database = PostgresDatabase.builder().url(postgres.jdbcUrl()).open();
                var store = new EventStore(database.eventStorage(), types);
                var subscriptions = new Subscriptions<>(store, database.subscriptionStorage());
                var workflows = Workflows.builder(store, subscriptions, database.processStorage())
                        .run(STAY)
                        .commands(CommandDelivery.named("rooms", types)
                                .toHandler(StayCommand.class, command -> store.append(
                                        StreamId.of("room", "12"), ExpectedVersion.any(), new RoomBooked("1", "12"))))
                        .start()) {
            var handle = workflows.start(STAY, "1", new Stay("Ann", 3));

            System.out.println(workflows.awaitEnd(handle, ofSeconds(30)).orElseThrow());
            workflows.history("stay", "1").forEach(System.out::println);
        }
    }
    // end
    // spotless:on
}
