package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headwater.DomainEvent;
import dev.headwater.InvalidMessageException;
import dev.headwater.MessageSerializer;
import dev.headwater.store.Append;
import dev.headwater.testkit.ContractEvent.Measured;
import dev.headwater.testkit.ContractEvent.Noted;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** Payloads of megabytes: stored up to the limit, clearly refused beyond it. */
abstract class SizeContract extends StorageContract {

    private static final int JSON_AROUND_A_NOTE = "{\"text\":\"\"}".length();

    SizeContract(EventStoreContract implementation) {
        super(implementation);
    }

    @Test
    void aNumberOfAMillionDigits() {
        var number = new Measured(new BigDecimal(BigInteger.TEN.pow(1_000_000)), BigInteger.ZERO, 0, 0);
        refused(InvalidMessageException.class, () -> store.append(append(number)));

        requireWorking("a number of a million digits");
    }

    @Test
    void textOf64Megabytes() {
        refused(InvalidMessageException.class, () -> store.append(append(new Noted("x".repeat(64 * 1024 * 1024)))));

        requireWorking("64 megabytes");
    }

    @Test
    void theLargestPayloadIsStored() {
        int room = MessageSerializer.MAX_PAYLOAD_BYTES - JSON_AROUND_A_NOTE;
        refused(InvalidMessageException.class, () -> store.append(append(new Noted("x".repeat(room + 1)))));

        var largest = append(new Noted("x".repeat(room)));
        var result = store.append(largest);

        assertEquals(1, result.lastPosition());
        refusedOrExact("the largest payload of two-byte characters", () -> append(new Noted("é".repeat(room / 2))));
        assertEquals(
                room,
                ((Noted) store.readLog(0).findFirst().orElseThrow().event())
                        .text()
                        .length());
    }

    @Test
    void theLargestAppendIsStored() {
        var note = new Noted("x".repeat(MessageSerializer.MAX_PAYLOAD_BYTES - JSON_AROUND_A_NOTE));
        refused(IllegalArgumentException.class, () -> store.append(STREAM, ANY, Collections.nCopies(5, note)));

        assertEquals(4, store.append(STREAM, ANY, Collections.nCopies(4, note)).version(STREAM));

        assertEquals(
                4, store.readLog(0).filter(event -> event.event().equals(note)).count());
        requireWorking("the largest append");
    }

    private static Append append(DomainEvent event) {
        return Append.to(STREAM, ANY, fresh(event));
    }
}
