package dev.headwater.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headwater.DomainEvent;
import dev.headwater.workflow.Trip.Stage;
import dev.headwater.workflow.Trip.TripCommand;
import dev.headwater.workflow.Trip.TripEvent;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessTableTest {

    /** Neither sealed nor concrete. */
    interface Anything extends DomainEvent {}

    @Test
    void aTablePrintsItselfAsText() {
        assertThat(Trip.table().table()).isEqualTo("""
                STAGE        WHEN                SENDS      LEADS TO
                (beginning)  Wanted              Book       BOOKING
                BOOKING      Booked                         READY
                BOOKING      Full [it is short]             OFF
                BOOKING      Full                Book       BOOKING
                BOOKING      Left                           ignores it
                BOOKING      after PT15M         Apologise  OFF
                READY        Booking                        stays
                READY        Left                           GONE
                GONE (end)
                OFF (end)    Booked              Apologise  stays
                (unclaimed)  Left                Apologise
                """);
    }

    @Test
    void aTablePrintsItselfAsADiagram() {
        assertThat(Trip.table().diagram()).isEqualTo("""
                stateDiagram-v2
                    [*] --> BOOKING : Wanted / Book
                    BOOKING --> READY : Booked
                    BOOKING --> OFF : Full [it is short]
                    BOOKING --> BOOKING : Full / Book
                    BOOKING --> OFF : after PT15M / Apologise
                    READY --> READY : Booking
                    READY --> GONE : Left
                    GONE --> [*]
                    OFF --> OFF : Booked / Apologise
                    OFF --> [*]
                """);
    }

    @Test
    void allProblemsAreReportedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Trip.begun()
                        .in(Stage.BOOKING)
                        .atMost(Duration.ofMinutes(15))
                        .on(TripEvent.Booking.Booked.class)
                        .to(Stage.READY)
                        .in(Stage.READY)
                        .withoutLimit()
                        .on(TripEvent.Booking.class)
                        .staying()
                        .on(TripEvent.Booking.Full.class)
                        .to(Stage.BOOKING)
                        .on(TripEvent.Left.class)
                        .when("it rains", (wanted, left) -> true)
                        .to(Stage.READY)
                        .onExpiry()
                        .to(Stage.READY)
                        .endingIn(Stage.GONE)
                        .build())
                .withMessageContaining("'trips'")
                .withMessageContaining("the stage OFF is missing")
                .withMessageContaining("BOOKING neither takes nor ignores Full")
                .withMessageContaining("BOOKING neither takes nor ignores Left")
                .withMessageContaining("BOOKING has a time limit without consequence")
                .withMessageContaining("READY has a row for Full that is never used")
                .withMessageContaining("READY on Left has only rows with a condition")
                .withMessageContaining("READY has no time limit, so its onExpiry is never used")
                .withMessageContaining("the stage GONE cannot be reached")
                .withMessageContaining("the stage BOOKING cannot be left to an end")
                .withMessageContaining("the stage READY cannot be left to an end");
    }

    @Test
    void whatIsWrongWithTheHeadIsReported() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProcessManager.named("my-trips", 0, Stage.class, TripEvent.Wanted.class)
                        .expecting(Anything.class, each -> "1")
                        .expecting(TripEvent.Booking.class, TripEvent::trip)
                        .expecting(TripEvent.Booking.Full.class, TripEvent::trip)
                        .in(Stage.BOOKING)
                        .withoutLimit()
                        .on(TripEvent.Left.class)
                        .to(Stage.OFF)
                        .in(Stage.BOOKING)
                        .withoutLimit()
                        .unclaimed(TripEvent.Left.class)
                        .send(TripCommand.Book.class, left -> new TripCommand.Book(left.trip()))
                        .build())
                .withMessageContaining("a dash would end the category")
                .withMessageContaining("versions count from 1")
                .withMessageContaining("Anything is neither sealed nor concrete")
                .withMessageContaining("Full is given twice")
                .withMessageContaining("nothing begins an instance")
                .withMessageContaining("the stage BOOKING is given twice")
                .withMessageContaining("BOOKING has a row for Left, which is not expected")
                .withMessageContaining("unclaimed answers Left, which is not expected");
    }

    @Test
    void aTableIsBuiltOnce() {
        var table = Trip.begun()
                .in(Stage.BOOKING)
                .withoutLimit()
                .on(TripEvent.Booking.class)
                .to(Stage.READY)
                .ignoring(TripEvent.Left.class)
                .in(Stage.READY)
                .withoutLimit()
                .on(TripEvent.Left.class)
                .to(Stage.GONE)
                .on(TripEvent.Booking.class)
                .to(Stage.OFF)
                .endingIn(Stage.GONE)
                .endingIn(Stage.OFF);
        table.build();

        assertThatIllegalStateException()
                .isThrownBy(() -> table.expecting(TripEvent.Left.class, TripEvent::trip))
                .withMessageContaining("built already");
    }

    @Test
    void aPolicyReportsAllProblemsAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Policy.named("late-trips").build())
                .withMessageContaining("late-trips")
                .withMessageContaining("a dash would end the category")
                .withMessageContaining("it has no rule");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Policy.named("trips")
                        .whenever(Anything.class)
                        .whenever(TripEvent.Booking.class, TripEvent::trip)
                        .unless(TripEvent.Booking.Full.class, TripEvent::trip)
                        .within(Duration.ZERO)
                        .whenever(TripEvent.Wanted.class, TripEvent::trip)
                        .unless(TripEvent.Left.class, TripEvent::trip)
                        .within(Duration.ZERO)
                        .build())
                .withMessageContaining("Anything is neither sealed nor concrete")
                .withMessageContaining("nothing follows Anything")
                .withMessageContaining("it has 2 time limits")
                .withMessageContaining("Full cannot follow itself")
                .withMessageContaining("Booking is not a concrete class");
    }
}
