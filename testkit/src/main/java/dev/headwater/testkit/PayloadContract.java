package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headwater.DomainEvent;
import dev.headwater.MessageSerializer;
import dev.headwater.MessageTypes;
import dev.headwater.SchemaVersion;
import dev.headwater.UndecodableMessageException;
import dev.headwater.evolution.Upcasters;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.testkit.ContractEvent.Counted;
import dev.headwater.testkit.ContractEvent.Described;
import dev.headwater.testkit.ContractEvent.Measured;
import dev.headwater.testkit.ContractEvent.Nested;
import dev.headwater.testkit.ContractEvent.Noted;
import dev.headwater.testkit.ContractEvent.Part;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The events themselves come back as they went in, and one that cannot be read stands in nobody's way. */
abstract class PayloadContract extends StorageContract {

    PayloadContract(EventStoreContract implementation) {
        super(implementation);
    }

    @Test
    void decimalsKeepTheirScale() {
        requireKept(Stream.of(
                        "0",
                        "0.0",
                        "0.00",
                        "1.10",
                        "100.000",
                        "-0.50",
                        "1E+3",
                        "1E-30",
                        "1.0E+2",
                        "12345678901234567890.12345678901234567890")
                .map(BigDecimal::new)
                .map(decimal -> new Measured(decimal, BigInteger.ZERO, 0, 0))
                .toList());
        assertEquals(2, ((Measured) log().get(2).event()).decimal().scale());
        assertEquals(-3, ((Measured) log().get(6).event()).decimal().scale());
    }

    @Test
    void wholeNumbersOfAnySizeAreExact() {
        long beyondDouble = (1L << 53) + 1;
        requireKept(List.of(
                measured(BigInteger.valueOf(beyondDouble), beyondDouble),
                measured(BigInteger.valueOf(-beyondDouble), -beyondDouble),
                measured(BigInteger.valueOf(Long.MAX_VALUE), Long.MAX_VALUE),
                measured(BigInteger.valueOf(Long.MIN_VALUE), Long.MIN_VALUE),
                measured(BigInteger.TWO.pow(64), 0),
                measured(BigInteger.TWO.pow(2_000).add(BigInteger.ONE), 0),
                measured(BigInteger.TEN.pow(600).negate(), 0)));
    }

    @Test
    void doublesAreExact() {
        requireKept(Stream.of(
                        0.1,
                        -0.0,
                        1e300,
                        Double.MIN_VALUE,
                        Double.MAX_VALUE,
                        1.0 / 3,
                        Double.NaN,
                        Double.POSITIVE_INFINITY,
                        Double.NEGATIVE_INFINITY)
                .map(real -> new Measured(BigDecimal.ONE, BigInteger.ONE, 1, real))
                .toList());
    }

    @Test
    void everyKindOfValueComesBack() {
        requireKept(List.of(
                new Described(
                        Optional.of("a title"),
                        DayOfWeek.FRIDAY,
                        Instant.parse("2026-02-28T12:34:56.123456789Z"),
                        List.of(new Part("bolt", new BigDecimal("1.50")), new Part("nut", null)),
                        Map.of("prime", List.of(2, 3, 5), "", List.of()),
                        "a remark"),
                new Described(
                        Optional.empty(),
                        DayOfWeek.MONDAY,
                        Instant.parse("0001-01-01T00:00:00.000000001Z"),
                        List.of(),
                        Map.of(),
                        null)));
    }

    @Test
    void textIsKeptCharacterByCharacter() {
        requireKept(Stream.of(
                        "",
                        " ",
                        "a\u0000b",
                        "\u0000",
                        "\\u0000 spelled out",
                        "tab\t, line\n, return\r, quote\", backslash\\, slash/",
                        "\u0001\u001f\u007f\u0085\u2028\u2029\ufeff",
                        "\uffff\ufffe",
                        "Zoë is not Zoe\u0308",
                        "\ud83d\ude80 \udbff\udfff",
                        "\u202eright to left",
                        "'; DROP TABLE events; --",
                        "{\"a\":1,\"a\":2}",
                        "<script>&amp;")
                .map(Noted::new)
                .toList());
    }

    @Test
    void nestingIsKept() {
        requireKept(List.of(Nested.ofDepth(1), Nested.ofDepth(100), Nested.ofDepth(199)));
    }

    @Test
    void payloadsOfManySizesAreKept() {
        requireKept(Stream.of(100, 1_000, 2_000, 8_000, 64_000, 1_000_000)
                .map("x"::repeat)
                .map(Noted::new)
                .toList());
    }

    @Test
    void thePayloadIsKeptByteForByte() {
        var event = new Measured(new BigDecimal("1.10"), BigInteger.TWO, 3, 4.5);

        store.append(STREAM, ANY, event);

        var payload = new String(log().getFirst().encoded().payload(), StandardCharsets.UTF_8);
        assertEquals("{\"decimal\":1.10,\"whole\":2,\"number\":3,\"real\":4.5}", payload);
    }

    @Test
    void aTypeThatIsUnknownHereIsListedButNotDecoded() {
        store.append(STREAM, ANY, new Noted("before"), new Counted(7), new Noted("after"));
        var stranger = new EventStore(storage, MessageTypes.of(Noted.class));

        for (var read : List.of(
                stranger.readStream(STREAM).toList(),
                stranger.readLog(0).toList(),
                stranger.readStreamBackwards(STREAM).toList().reversed())) {
            assertEquals(
                    List.of("contract.noted", "contract.counted", "contract.noted"),
                    read.stream().map(StoredEvent::type).toList());
            assertEquals(new Noted("before"), read.get(0).event());
            requireUndecodable(read.get(1), "contract.counted");
            assertEquals(new Noted("after"), read.get(2).event());
        }
        assertEquals(4, stranger.append(STREAM, ANY, new Noted("more")).version(STREAM));
    }

    @Test
    void aTypeOfAnotherVersionIsListedButNotDecoded() {
        var types = MessageTypes.builder().add(Noted.class, "contract.noted", 2).build();
        var noneOlder = Upcasters.builder()
                .startsAt(new SchemaVersion("contract.noted", 2))
                .build();
        var later = new EventStore(
                storage, MessageSerializer.builder(types).upcasters(noneOlder).build());
        store.append(STREAM, ANY, new Noted("first version"));
        later.append(STREAM, ANY, new Noted("second version"));

        requireUndecodable(later.readLog(0).toList().get(0), "contract.noted");
        assertEquals(
                new Noted("second version"), later.readLog(0).toList().get(1).event());
        requireUndecodable(log().get(1), "contract.noted");
        assertEquals(
                List.of(1, 2),
                log().stream().map(event -> event.encoded().schemaVersion()).toList());
    }

    @Test
    void aPayloadThatDoesNotFitIsListedButNotDecoded() {
        store.append(STREAM, ANY, new Noted("no list of numbers"), new Counted(2));
        var mistaken = new EventStore(
                storage,
                MessageTypes.builder()
                        .add(Misfit.class, "contract.noted", 1)
                        .add(Counted.class)
                        .build());

        var read = mistaken.readLog(0).toList();

        requireUndecodable(read.get(0), "contract.noted");
        assertEquals(new Counted(2), read.get(1).event());
    }

    /** What somebody takes a {@link Noted} for. */
    private record Misfit(List<Integer> text) implements DomainEvent {}

    private void requireKept(List<? extends DomainEvent> events) {
        store.append(STREAM, ANY, events);

        assertEquals(events, stream(STREAM));
        assertEquals(events, events(log()));
    }

    private static Measured measured(BigInteger whole, long number) {
        return new Measured(BigDecimal.ONE, whole, number, 0);
    }

    private static void requireUndecodable(StoredEvent event, String type) {
        var failure = assertThrows(UndecodableMessageException.class, event::event);
        assertTrue(failure.toString().contains(type), failure.toString());
        assertEquals(event.encoded(), failure.encoded());
        assertThrows(UndecodableMessageException.class, event::envelope);
    }
}
