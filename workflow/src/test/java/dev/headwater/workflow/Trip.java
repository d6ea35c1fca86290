package dev.headwater.workflow;

import dev.headwater.Command;
import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import java.time.Duration;

/** The messages and the process of a trip, for tests. */
sealed interface Trip {

    enum Stage {
        BOOKING,
        READY,
        GONE,
        OFF
    }

    sealed interface TripEvent extends DomainEvent, Trip {
        String trip();

        @MessageType("trip.wanted")
        record Wanted(String trip, int days) implements TripEvent {}

        sealed interface Booking extends TripEvent {
            @MessageType("trip.booked")
            record Booked(String trip, String number) implements Booking {}

            @MessageType("trip.full")
            record Full(String trip) implements Booking {}
        }

        @MessageType("trip.left")
        record Left(String trip) implements TripEvent {}
    }

    sealed interface TripCommand extends Command<Void>, Trip {
        @MessageType("trip.book")
        record Book(String trip) implements TripCommand {}

        @MessageType("trip.apologise")
        record Apologise(String trip) implements TripCommand {}
    }

    static ProcessTable<Stage, TripEvent.Wanted> begun() {
        return ProcessManager.named("trips", 1, Stage.class, TripEvent.Wanted.class)
                .startedBy(TripEvent.Wanted.class, TripEvent::trip, wanted -> wanted)
                .to(Stage.BOOKING)
                .send(TripCommand.Book.class, wanted -> new TripCommand.Book(wanted.trip()))
                .expecting(TripEvent.Booking.class, TripEvent::trip)
                .expecting(TripEvent.Left.class, TripEvent::trip);
    }

    static ProcessManager<Stage, TripEvent.Wanted> table() {
        return begun().in(Stage.BOOKING)
                .atMost(Duration.ofMinutes(15))
                .on(TripEvent.Booking.Booked.class)
                .to(Stage.READY)
                .on(TripEvent.Booking.Full.class)
                .when("it is short", (wanted, full) -> wanted.days() < 3)
                .to(Stage.OFF)
                .on(TripEvent.Booking.Full.class)
                .to(Stage.BOOKING)
                .send(TripCommand.Book.class, wanted -> new TripCommand.Book(wanted.trip()))
                .ignoring(TripEvent.Left.class)
                .onExpiry()
                .to(Stage.OFF)
                .send(TripCommand.Apologise.class, wanted -> new TripCommand.Apologise(wanted.trip()))
                .in(Stage.READY)
                .withoutLimit()
                .on(TripEvent.Booking.class)
                .staying()
                .on(TripEvent.Left.class)
                .to(Stage.GONE)
                .endingIn(Stage.GONE)
                .endingIn(Stage.OFF)
                .on(TripEvent.Booking.Booked.class)
                .send(TripCommand.Apologise.class, wanted -> new TripCommand.Apologise(wanted.trip()))
                .unclaimed(TripEvent.Left.class)
                .send(TripCommand.Apologise.class, left -> new TripCommand.Apologise(left.trip()))
                .build();
    }
}
