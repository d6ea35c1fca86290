package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headwater.DomainEvent;
import dev.headwater.InvalidMessageException;
import dev.headwater.store.Append;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventQuery.Criterion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.ContractEvent.Counted;
import dev.headwater.testkit.ContractEvent.Measured;
import dev.headwater.testkit.ContractEvent.Nested;
import dev.headwater.testkit.ContractEvent.Noted;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever is thrown at it, the store refuses it with a clear error or keeps it exactly, and goes on. */
abstract class HostileInputContract extends StorageContract {

    HostileInputContract(EventStoreContract implementation) {
        super(implementation);
    }

    @Test
    void streamNamesThatTryToBreakOut() {
        for (var name : List.of(
                "'; DROP TABLE events; --",
                "\"; DELETE FROM events; --",
                "order-1' OR '1'='1",
                "../../etc/passwd",
                "C:\\windows\\system32",
                "\u202eorder-1",
                "order-\u200b1",
                "order-${jndi:ldap://localhost/a}",
                "%s%n%d",
                "{0}",
                "?",
                ":name",
                "order-$1",
                "*",
                "-",
                "--",
                " ",
                "\u00a0",
                "\ud83d\ude80-\ud83d\udca5",
                "\uffff",
                "x".repeat(StreamId.MAX_BYTES),
                "é".repeat(StreamId.MAX_BYTES / 2))) {
            refusedOrExact("the stream name '" + name + "'", () -> noteIn(name));
            assertEquals(
                    List.of(new Noted("in " + name)),
                    events(store.readStream(new StreamId(name)).toList()),
                    "the stream '" + name + "'");
        }
    }

    @Test
    void streamNamesThatCannotBe() {
        for (var name : List.of(
                "",
                "order-\u0000",
                "\u0000",
                "order\n1",
                "order\u001b[31m",
                "order\u0085",
                "\ud800",
                "order-\udc00",
                "\udc00\ud800",
                "x".repeat(StreamId.MAX_BYTES + 1),
                "x".repeat(64 * 1024),
                "\u0000".repeat(64 * 1024),
                "\ud83d\ude80".repeat(16 * 1024))) {
            refused(IllegalArgumentException.class, () -> store.append(noteIn(name)));
        }

        requireWorking("stream names that cannot be");
    }

    @Test
    void streamNamesThatOnlyLookAlike() {
        var names = List.of(
                "order-1",
                "Order-1",
                "ORDER-1",
                "order-1 ",
                " order-1",
                "order-01",
                "order-\u00e9",
                "order-e\u0301",
                "order-\u212b",
                "order-\u00c5",
                "order-A\u030a",
                "order-ss",
                "order-ß",
                "order-ı",
                "order-i",
                "order-\u2010",
                "order-１",
                "order-\u200d1");
        for (var name : names) {
            assertEquals(
                    1,
                    store.append(new StreamId(name), dev.headwater.store.ExpectedVersion.noStream(), new Noted(name))
                            .version(new StreamId(name)));
        }

        for (var name : names) {
            assertEquals(List.of(new Noted(name)), stream(new StreamId(name)));
        }
        assertEquals(names, log().stream().map(event -> event.stream().name()).toList());
    }

    @Test
    void tagsThatCannotBe() {
        for (var tag : List.of(
                "", "\u0000", "a\nb", "\ud800", "x".repeat(NewEvent.MAX_TAG_LENGTH + 1), "x".repeat(1_000_000))) {
            refusedOrExact(
                    "a tag of " + tag.length() + " characters",
                    () -> Append.to(
                            STREAM,
                            ANY,
                            List.of(new NewEvent(NewEvent.of(new Counted(1)).envelope(), Set.of(tag)))));
        }
    }

    @Test
    void queriesForNamesThatCannotBeFindNothing() {
        store.append(STREAM, ANY, new Counted(1));

        for (var name : List.of(
                "", "\u0000", "a\u0000b", "\ud800", "'; DROP TABLE events; --", "x".repeat(100_000), "\\", "%")) {
            for (var criterion : List.of(
                    new Criterion(Set.of(name), Set.of(), Set.of()), new Criterion(Set.of(), Set.of(name), Set.of()))) {
                requireNothingFound(new EventQuery(List.of(criterion)));
            }
        }
        assertEquals(
                1,
                store.readLog(0, EventQuery.ofTypes(Set.of("contract.counted", "a\u0000b")))
                        .count());
    }

    @Test
    void deepNesting() {
        refusedOrExact("200 levels", () -> append(Nested.ofDepth(200)));
        refused(InvalidMessageException.class, () -> store.append(append(Nested.ofDepth(201))));
        refused(InvalidMessageException.class, () -> store.append(append(Nested.ofDepth(10_000))));

        requireWorking("deep nesting");
    }

    @Test
    void numbersWithoutMeasure() {
        refusedOrExact("999 digits", () -> append(measured("9".repeat(999))));
        for (var extreme : List.of("1E+1000000", "1E-1000000", "1E+2147483647", "-1E-2147483646")) {
            refusedOrExact(extreme, () -> append(measured(extreme)));
        }

        requireWorking("numbers without measure");
    }

    @Test
    void textThatIsNoUnicode() {
        for (var text : List.of("\ud800", "\udc00", "a\ud83d", "\udc00\ud800", "x".repeat(5_000) + "\ud800")) {
            refusedOrExact("half a surrogate pair", () -> append(new Noted(text)));
        }
    }

    private void requireNothingFound(EventQuery query) {
        try {
            assertEquals(0, store.readLogAsStored(0, query).count());
            assertEquals(0, store.readLogBackwards(query).count());
        } catch (IllegalArgumentException e) {
            assertEquals(1, store.readLog(0).count(), "the log after a query refused with: " + e.getMessage());
        }
    }

    private static Append noteIn(String stream) {
        return Append.to(new StreamId(stream), ANY, fresh(new Noted("in " + stream)));
    }

    private static Append append(DomainEvent event) {
        return Append.to(STREAM, ANY, fresh(event));
    }

    private static Measured measured(String decimal) {
        return new Measured(new BigDecimal(decimal), BigInteger.ZERO, 0, 0);
    }
}
