package dev.headwater.testkit;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headwater.DomainEvent;
import dev.headwater.Envelope;
import dev.headwater.MessageContext;
import dev.headwater.Metadata;
import dev.headwater.UuidV7;
import dev.headwater.store.Append;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoredEvent;
import dev.headwater.testkit.ContractEvent.Counted;
import dev.headwater.testkit.ContractEvent.Enrolled;
import dev.headwater.testkit.ContractEvent.Noted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Id, time, metadata and tags come back as they went in. */
abstract class EnvelopeContract extends StorageContract {

    EnvelopeContract(EventStoreContract implementation) {
        super(implementation);
    }

    @Test
    void theWholeEnvelopeComesBack() {
        var metadata = new Metadata(
                UuidV7.next(),
                UuidV7.next(),
                "ada",
                "acme",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                Map.of("channel", "web", "", "an empty key", "empty", ""));
        var envelope = noted().withMetadata(metadata);

        store.append(Append.to(STREAM, ANY, List.of(NewEvent.of(envelope))));

        var stored = store.readStream(STREAM).findFirst().orElseThrow();
        assertEquals(envelope, stored.envelope());
        assertEquals(envelope.id(), stored.id());
        assertEquals(envelope.time(), stored.time());
        assertEquals("contract.noted", stored.type());
        assertEquals(1, stored.encoded().schemaVersion());
        assertEquals(metadata, stored.encoded().metadata());
        assertEquals(STREAM, stored.stream());
        assertEquals(1, stored.version());
        assertEquals(1, stored.position());
    }

    @Test
    void everyFieldOfTheMetadataCanBeMissing() {
        var id = UuidV7.next();
        requireKept(List.of(
                Metadata.NONE,
                new Metadata(id, null, null, null, null, Map.of()),
                new Metadata(null, id, null, null, null, Map.of()),
                Metadata.NONE.withUser("ada"),
                Metadata.NONE.withTenant("acme"),
                Metadata.NONE.withTraceParent("00-0-0-00"),
                Metadata.NONE.with("key", "value"),
                Metadata.NONE.withUser("").withTenant("").withTraceParent("")));
    }

    @Test
    void metadataIsKeptCharacterByCharacter() {
        requireKept(List.of(
                Metadata.NONE.withUser("Zoë \u202e \ud83d\ude80 e\u0301"),
                Metadata.NONE.withTenant("'; DROP TABLE events; --"),
                Metadata.NONE.with("\"quoted\\key\"", "line\nbreak\ttab \\u0041 {}[],"),
                Metadata.NONE.with("{\"json\":1}", "{\"json\":[1.50,null]}"),
                Metadata.NONE.with("large", "x".repeat(8_000)),
                Metadata.NONE.with("dup", "1").with("Dup", "2").with("DUP", "3")));
    }

    @Test
    void idsOfAnyKindAreKept() {
        var ids = List.of(
                new UUID(0, 0),
                new UUID(-1, -1),
                new UUID(Long.MIN_VALUE, Long.MAX_VALUE),
                UUID.fromString("123e4567-e89b-42d3-a456-426614174000"),
                UUID.nameUUIDFromBytes(new byte[] {1, 2, 3}),
                UuidV7.next());

        store.append(Append.to(
                STREAM,
                ANY,
                ids.stream().map(id -> NewEvent.of(noted().withId(id))).toList()));

        assertEquals(ids, log().stream().map(StoredEvent::id).toList());
    }

    @Test
    void timesAreKeptToTheNanosecond() {
        var times = List.of(
                Instant.parse("2026-02-28T12:34:56.123456789Z"),
                Instant.parse("2024-02-29T23:59:59.999999999Z"),
                Instant.EPOCH,
                Instant.EPOCH.plusNanos(1),
                Instant.EPOCH.minusNanos(1),
                Instant.parse("1969-12-31T23:59:59.000000500Z"),
                Instant.parse("1969-12-31T23:59:58.999999499Z"),
                Instant.parse("1582-10-10T00:00:00.000000001Z"),
                Instant.parse("1900-01-01T00:00:00.100000001Z"),
                Instant.parse("0001-01-01T00:00:00.000000001Z"),
                Instant.parse("0001-01-01T00:00:00Z"),
                Instant.parse("9999-12-31T23:59:59.999999999Z"),
                Instant.parse("2038-01-19T03:14:08.000000999Z"));

        store.append(Append.to(
                STREAM,
                ANY,
                times.stream().map(time -> NewEvent.of(noted().withTime(time))).toList()));

        assertEquals(times, log().stream().map(StoredEvent::time).toList());
    }

    @Test
    void timesOutsideOfTheCalendarAreRefusedOrExact() {
        for (var time : List.of(
                Instant.MIN,
                Instant.MAX,
                Instant.parse("0000-12-31T23:59:59.999999999Z"),
                Instant.parse("-4713-11-24T00:00:00Z"),
                Instant.parse("+10000-01-01T00:00:00Z"),
                Instant.parse("+294277-01-01T00:00:00Z"),
                Instant.ofEpochSecond(Long.MAX_VALUE / 1_000_000_000L + 1))) {
            refusedOrExact("the time " + time, () -> appendOf(noted().withTime(time)));
        }
    }

    @Test
    void metadataThatIsNoTextIsRefusedOrExact() {
        for (var text : List.of("\u0000", "a\u0000b", "\ud800", "\udc00x", "a\ud83d", "\uffff", "\u0007\u001b[31m")) {
            refusedOrExact(
                    "a user with " + codes(text), () -> appendOf(noted().withMetadata(Metadata.NONE.withUser(text))));
            refusedOrExact(
                    "an attribute with " + codes(text),
                    () -> appendOf(noted().withMetadata(Metadata.NONE.with("key", text))));
            refusedOrExact(
                    "an attribute key with " + codes(text),
                    () -> appendOf(noted().withMetadata(Metadata.NONE.with(text, "value"))));
        }
    }

    @Test
    void hugeMetadataIsRefusedOrExact() {
        refusedOrExact(
                "metadata of four megabytes",
                () -> appendOf(noted().withMetadata(Metadata.NONE.with("large", "x".repeat(4_000_000)))));
        var attributes = IntStream.range(0, 20_000).boxed().collect(Collectors.toMap(i -> "key" + i, i -> "value"));
        refusedOrExact(
                "twenty thousand attributes",
                () -> appendOf(noted().withMetadata(new Metadata(null, null, null, null, null, attributes))));
    }

    @Test
    void tagsComeBack() {
        var most = IntStream.range(0, 100).mapToObj(i -> "tag:" + i).collect(Collectors.toSet());
        var sets = List.of(
                Set.<String>of(),
                Set.of("one"),
                Set.of("one", "two"),
                most,
                Set.of("x".repeat(NewEvent.MAX_TAG_LENGTH)),
                Set.of("a,b", "{a}", "\"a\"", "a\\", "NULL", "null", " ", "'", "%", "ü", "u\u0308", "A", "a"));

        store.append(Append.to(
                STREAM,
                ANY,
                sets.stream().map(tags -> new NewEvent(noted(), tags)).toList()));

        assertEquals(sets, log().stream().map(StoredEvent::tags).toList());
        assertEquals(sets, store.readStream(STREAM).map(StoredEvent::tags).toList());
    }

    @Test
    void anEventGivesItsOwnTags() {
        store.append(STREAM, ANY, new Enrolled("physics", "ada"), new Counted(1));

        assertEquals(
                List.of(Set.of("course:physics", "student:ada"), Set.of()),
                log().stream().map(StoredEvent::tags).toList());
    }

    @Test
    void eventsOfAHandlerCarryOnItsConversation() throws Exception {
        var cause = noted().withMetadata(Metadata.NONE.withUser("ada").withTenant("acme"));

        MessageContext.handling(cause, () -> store.append(STREAM, ANY, new Counted(1)));
        store.append(STREAM, ANY, new Counted(2));

        var stored = log();
        assertEquals(
                new Metadata(cause.id(), cause.id(), "ada", "acme", null, Map.of()),
                stored.get(0).envelope().metadata());
        assertEquals(Metadata.NONE, stored.get(1).envelope().metadata());
    }

    private void requireKept(List<Metadata> metadata) {
        var envelopes = metadata.stream().map(noted()::withMetadata).toList();
        var appended = new ArrayList<Envelope<Noted>>();
        for (var envelope : envelopes) {
            appended.add(envelope.withId(UuidV7.next()));
        }

        store.append(Append.to(STREAM, ANY, appended.stream().map(NewEvent::of).toList()));

        var stored = log();
        assertEquals(metadata.size(), stored.size());
        assertAll(IntStream.range(0, metadata.size())
                .mapToObj(i -> () ->
                        assertEquals(metadata.get(i), stored.get(i).envelope().metadata())));
    }

    private static Envelope<Noted> noted() {
        return Envelope.of(new Noted("something"), CLOCK);
    }

    private static Append appendOf(Envelope<? extends DomainEvent> envelope) {
        return Append.to(STREAM, ANY, List.of(NewEvent.of(envelope)));
    }

    private static String codes(String text) {
        return text.chars().mapToObj("U+%04X"::formatted).collect(Collectors.joining(" "));
    }
}
