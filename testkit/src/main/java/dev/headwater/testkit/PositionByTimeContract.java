package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headwater.Envelope;
import dev.headwater.store.Append;
import dev.headwater.store.NewEvent;
import dev.headwater.testkit.ContractEvent.Counted;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where in the log a time begins, though times need not grow with positions. */
abstract class PositionByTimeContract extends StorageContract {

    private static final Instant NOON = Instant.parse("2026-02-28T12:00:00Z");

    PositionByTimeContract(EventStoreContract implementation) {
        super(implementation);
    }

    @Test
    void aTimeBeginsInFrontOfItsFirstEvent() {
        happened(0, 10, 10, 20);

        assertEquals(0, before(-1));
        assertEquals(0, before(0));
        assertEquals(1, before(1));
        assertEquals(1, before(10));
        assertEquals(3, before(11));
        assertEquals(3, before(20));
    }

    @Test
    void aTimeThatNoEventReachesBeginsAtTheHead() {
        assertEquals(0, before(0));
        happened(0, 10);

        assertEquals(2, before(11));
        assertEquals(2, store.positionBefore(Instant.MAX));
        assertEquals(0, store.positionBefore(Instant.MIN));
    }

    @Test
    void anEventThatWasAppendedLateHidesNoneInFrontOfIt() {
        happened(0, 30, 10, 20, 5, 40);

        assertEquals(1, before(1));
        assertEquals(1, before(10));
        assertEquals(1, before(30));
        assertEquals(5, before(31));
    }

    @Test
    void timesAreComparedToTheNanosecond() {
        append(NOON.plusNanos(1_001));
        append(NOON.plusNanos(1_002));

        assertEquals(0, store.positionBefore(NOON.plusNanos(1_001)));
        assertEquals(1, store.positionBefore(NOON.plusNanos(1_002)));
        assertEquals(2, store.positionBefore(NOON.plusNanos(1_003)));
    }

    private long before(long second) {
        return store.positionBefore(NOON.plusSeconds(second));
    }

    private void happened(long... seconds) {
        Arrays.stream(seconds).forEach(second -> append(NOON.plusSeconds(second)));
    }

    private void append(Instant time) {
        var event = NewEvent.of(Envelope.of(new Counted(0), Clock.fixed(time, ZoneOffset.UTC)));
        store.append(Append.to(STREAM, ANY, List.of(event)));
    }
}
