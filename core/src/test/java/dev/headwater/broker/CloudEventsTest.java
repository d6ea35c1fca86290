package dev.headwater.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.EncodedMessage;
import dev.headwater.Metadata;
import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.RecordHeader;
import dev.headwater.store.Origin;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.spi.EncodedEvent;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Messages as CloudEvents, and whatever else may stand in a topic. */
class CloudEventsTest {

    private static final Instant TIME = Instant.parse("2026-02-28T12:34:56.123456789Z");
    private static final Instant ACCEPTED = Instant.parse("2026-03-01T00:00:00Z");
    private static final Origin ORIGIN = new Origin("/shop/ordering", "main-1", 4711, 3);
    private static final CloudEventWriter WRITER = new CloudEventWriter(URI.create("/shop/ordering"), true);
    private static final CloudEventReader READER = new CloudEventReader("orders", 2);

    @Test
    void aMessageComesBackAsItWas() {
        var message = message(new Metadata(
                        UUID.randomUUID(), UUID.randomUUID(), "anna", "north", "00-abc-def-01", Map.of("shop", "7"))
                .with("Not A Name", "größer")
                .with("line", "one\ntwo"));

        var read = read(written(message));

        assertThat(read.message()).usingRecursiveComparison().isEqualTo(message);
        assertThat(read.position()).isEqualTo(9);
        assertThat(read.stream().name()).isEqualTo("4711");
        assertThat(Objects.requireNonNull(read.arrival()).origin()).isEqualTo(ORIGIN);
        assertThat(problem(read)).isEmpty();
    }

    @Test
    void theHeadersAreThoseThatCloudEventsName() {
        var causation = UUID.randomUUID();
        var message = message(new Metadata(causation, causation, null, null, "00-abc-def-01", Map.of("shop", "7")));

        assertThat(texts(written(message)))
                .containsExactly(
                        "ce_specversion=1.0",
                        "ce_id=" + message.id(),
                        "ce_source=/shop/ordering",
                        "ce_type=order.placed",
                        "ce_subject=4711",
                        "ce_time=" + TIME,
                        "content-type=application/json",
                        "ce_schemaversion=2",
                        "ce_log=main-1",
                        "ce_position=4711",
                        "ce_part=3",
                        "ce_correlationid=" + causation,
                        "ce_causationid=" + causation,
                        "ce_traceparent=00-abc-def-01",
                        "traceparent=00-abc-def-01",
                        "ce_shop=7");
    }

    @Test
    void usersAndTenantsAreToldOnlyWhereThatIsWanted() {
        var message = message(Metadata.NONE.withUser("anna").withTenant("north"));

        var record = new CloudEventWriter(URI.create("/shop"), false)
                .record(new CloudEventWriter.Address("orders", 2, "k"), message, Optional.empty());

        assertThat(texts(record)).noneMatch(header -> header.contains("anna") || header.contains("north"));
    }

    @Test
    void whatAnotherLanguageWritesWithTheLeastIsRead() {
        var read = read(incoming(
                utf8("{\"a\":1}"),
                header("ce_specversion", "1.0"),
                header("ce_id", "order 7"),
                header("ce_source", "https://example.org/erp"),
                header("ce_type", "order.placed")));

        assertThat(problem(read)).isEmpty();
        assertThat(read.message().time()).isEqualTo(ACCEPTED);
        assertThat(read.message().schemaVersion()).isEqualTo(1);
        assertThat(read.message().payload()).isEqualTo(utf8("{\"a\":1}"));
        assertThat(read.message().metadata().attributes()).containsEntry("originalid", "order 7");
        assertThat(read.message().id())
                .isEqualTo(read(incoming(
                                utf8("{}"),
                                header("ce_specversion", "1.0"),
                                header("ce_id", "order 7"),
                                header("ce_source", "https://example.org/erp"),
                                header("ce_type", "order.placed")))
                        .message()
                        .id());
        assertThat(new StoredEvent(read, TopicFixture.SERIALIZER).origin()).isEmpty();
    }

    @Test
    void aPositionInNoNamedLogIsMetadataLikeAnyOther() {
        for (var position : List.of("17", "front")) {
            var read = read(with(header("ce_type", "lift.moved"), header("ce_position", position)));

            assertThat(problem(read)).isEmpty();
            assertThat(read.message().metadata().attributes()).containsEntry("position", position);
            assertThat(new StoredEvent(read, TopicFixture.SERIALIZER).origin()).isEmpty();
        }
    }

    @Test
    void anEventInStructuredModeIsRead() {
        var id = UUID.randomUUID();
        var json = """
                {"specversion":"1.0","id":"%s","source":"/erp","type":"order.placed","subject":"k","time":"2026-02-28T13:34:56+01:00",
                 "schemaversion":3,"position":"12","log":"1","extra":true,"data":{"price":1.10}}""".formatted(id);

        var read = read(incoming(utf8(json), header("Content-Type", "application/cloudevents+json; charset=utf-8")));

        assertThat(problem(read)).isEmpty();
        assertThat(read.message().id()).isEqualTo(id);
        assertThat(read.message().schemaVersion()).isEqualTo(3);
        assertThat(read.message().time()).isEqualTo(Instant.parse("2026-02-28T12:34:56Z"));
        assertThat(new String(read.message().payload(), UTF_8)).isEqualTo("{\"price\":1.10}");
        assertThat(read.message().metadata().attributes()).containsExactly(Map.entry("extra", "true"));
        assertThat(Objects.requireNonNull(read.arrival()).origin()).isEqualTo(new Origin("/erp", "1", 12, 0));
    }

    @Test
    void aTombstoneIsNoUnreadableEvent() {
        var read = read(incoming(null));

        assertThat(problem(read)).isEmpty();
        assertThat(read.message().type()).isEqualTo(CloudEventReader.TOMBSTONE);
        assertThat(read.stream().name()).isEqualTo("key");
    }

    @Test
    void anEventWithoutDataIsAnEvent() {
        var headers = new ArrayList<>(least());
        headers.add(header("ce_type", "order.placed"));

        var read = read(new IncomingRecord(9, utf8("key"), null, headers, ACCEPTED, Optional.empty()));

        assertThat(problem(read)).isEmpty();
        assertThat(read.message().payload()).isEqualTo(utf8("{}"));
    }

    @Test
    void whatIsNoEventSaysWhatIsWrongWithIt() {
        requireProblem("no attribute 'specversion'", incoming(utf8("{}")));
        requireProblem("of another version", with(header("ce_specversion", "2.0")));
        requireProblem("no attribute 'type'", with());
        requireProblem("no attribute 'type'", with(header("ce_type", "")));
        requireProblem("twice", with(header("ce_type", "a"), header("ce_type", "b")));
        requireProblem("number or a time", with(header("ce_type", "a"), header("ce_time", "yesterday")));
        requireProblem("number or a time", with(header("ce_type", "a"), header("ce_schemaversion", "9999999999")));
        requireProblem("number or a time", withPlace("1e3"));
        requireProblem("negative", withPlace("-1"));
        requireProblem("position", withPlace("" + Long.MAX_VALUE));
        requireProblem("not text in UTF-8", with(new RecordHeader("ce_type", new byte[] {(byte) 0xC3})));
        requireProblem("control character", with(header("ce_type", "order\r\nplaced")));
        requireProblem("control character", with(header("ce_type", "a"), header("ce_other", "a\0b")));
        requireProblem("name of an attribute", with(header("ce_type", "a"), header("ce_a\0b", "c")));
        requireProblem("too long", with(header("ce_type", "x".repeat(201))));
        requireProblem("too large", with(header("ce_type", "a"), header("ce_other", "x".repeat(1 << 20))));
        requireProblem("characters", with(header("ce_type", "a"), header("ce_other", "x".repeat(9000))));
        requireProblem("surrogate", with(header("ce_type", "a"), header("ce_metadata", "{\"a\":\"\\ud800\"}")));
        requireProblem("content type", with(header("ce_type", "a"), header("content-type", "application/avro")));
        requireProblem("batch", with(header("content-type", "application/cloudevents-batch+json")));
        requireProblem("not the JSON", with(header("content-type", "application/cloudevents+json")));
        requireProblem(
                "1001 headers",
                with(IntStream.range(0, 998).mapToObj(i -> header("h" + i, "")).toArray(RecordHeader[]::new)));
    }

    @Test
    void bytesThatAreNoJsonAreToldByTheirFrame() {
        var headers = new ArrayList<>(least());
        headers.add(header("ce_type", "a"));

        requireProblem(
                "schema registry",
                new IncomingRecord(
                        9, utf8("key"), new byte[] {0, 0, 0, 0, 7, 1, 2}, headers, ACCEPTED, Optional.empty()));
    }

    @Test
    void ofWhatIsLargerThanAnyEventTheBytesAreNotKept() {
        var headers = new ArrayList<>(least());
        headers.add(header("ce_type", "a"));

        var read =
                read(new IncomingRecord(9, utf8("key"), new byte[(16 << 20) + 1], headers, ACCEPTED, Optional.empty()));

        assertThat(problem(read))
                .hasValueSatisfying(problem -> assertThat(problem).contains("16777217 bytes"));
        var kept = RecordBytes.read(9, Objects.requireNonNull(read.arrival()).record());
        assertThat(kept.value()).isNull();
        assertThat(kept.unreadable()).isEqualTo(problem(read));
        assertThat(problem(READER.read(kept))).isEqualTo(problem(read));
    }

    @Test
    void anEventWithinAnEventIsNone() {
        var json = """
                {"specversion":"1.0","id":"1","source":"/s","type":"a","datacontenttype":"application/cloudevents+json","data":{}}""";

        requireProblem("an event too", incoming(utf8(json), header("content-type", "application/cloudevents+json")));
    }

    @Test
    void theNameOfAHeaderMayBeOfAnyLength() {
        var record = incoming(utf8("{}"), header("x".repeat(70_000), "1"));

        requireProblem("too large", record);
    }

    @Test
    void whatTheClientCouldNotReadSaysSo() {
        requireProblem("damaged", new IncomingRecord(9, null, null, List.of(), ACCEPTED, Optional.of("it is damaged")));
    }

    @Test
    void keysThatAreNoNamesKeepTheirOrderAllTheSame() {
        assertThat(streamOf(new byte[] {(byte) 0xC3, 0})).isEqualTo(streamOf(new byte[] {(byte) 0xC3, 0}));
        assertThat(streamOf(new byte[] {(byte) 0xC3, 0})).isNotEqualTo(streamOf(new byte[] {(byte) 0xC3, 1}));
        assertThat(streamOf(utf8("$commands-1"))).doesNotStartWith("$");
        assertThat(streamOf(utf8("x".repeat(600)))).isEqualTo(streamOf(utf8("x".repeat(600))));
        assertThat(streamOf(utf8("key\n1"))).isNotEqualTo(streamOf(utf8("key\n2")));
        assertThat(streamOf(new byte[0])).isEqualTo("record-9");
    }

    @Test
    void aRecordThatIsKeptComesBackAsItWas() {
        var headers = List.of(
                header("ce_id", "größer"),
                new RecordHeader("bytes", new byte[] {0, -1}),
                new RecordHeader("null", null));
        var record = new IncomingRecord(9, null, new byte[] {0, 1}, headers, TIME, Optional.of("why"));

        var read = RecordBytes.read(9, RecordBytes.write(record));

        assertThat(read).usingRecursiveComparison().isEqualTo(record);
    }

    private static EncodedMessage message(Metadata metadata) {
        return new EncodedMessage(UUID.randomUUID(), "order.placed", 2, TIME, metadata, utf8("{\"orderId\":\"4711\"}"));
    }

    private static OutgoingRecord written(EncodedMessage message) {
        return WRITER.record(new CloudEventWriter.Address("orders", 2, "4711"), message, Optional.of(ORIGIN));
    }

    private static EncodedEvent read(OutgoingRecord record) {
        return read(new IncomingRecord(9, record.key(), record.value(), record.headers(), ACCEPTED, Optional.empty()));
    }

    private static EncodedEvent read(IncomingRecord record) {
        return READER.read(record);
    }

    private static List<RecordHeader> least() {
        return List.of(header("ce_specversion", "1.0"), header("ce_id", "1"), header("ce_source", "/s"));
    }

    /** A record with the least headers but a type, some of which are replaced. */
    private static IncomingRecord withPlace(String position) {
        return with(header("ce_type", "a"), header("ce_log", "1"), header("ce_position", position));
    }

    private static IncomingRecord with(RecordHeader... headers) {
        var names = Arrays.stream(headers).map(RecordHeader::name).toList();
        var all = new ArrayList<RecordHeader>();
        least().stream().filter(header -> !names.contains(header.name())).forEach(all::add);
        all.addAll(List.of(headers));
        return incoming(utf8("{"), all.toArray(RecordHeader[]::new));
    }

    private static IncomingRecord incoming(byte[] value, RecordHeader... headers) {
        return new IncomingRecord(9, utf8("key"), value, List.of(headers), ACCEPTED, Optional.empty());
    }

    private static String streamOf(byte[] key) {
        return read(new IncomingRecord(9, key, null, List.of(), ACCEPTED, Optional.empty())).stream()
                .name();
    }

    private static void requireProblem(String expected, IncomingRecord record) {
        var read = read(record);
        assertThat(problem(read))
                .hasValueSatisfying(problem -> assertThat(problem).contains(expected));
        assertThat(read.position()).isEqualTo(9);
        var kept = Objects.requireNonNull(read.arrival()).record();
        assertThat(kept).isEqualTo(RecordBytes.write(record));
        assertThat(RecordBytes.write(RecordBytes.read(9, kept))).isEqualTo(kept);
    }

    private static Optional<String> problem(EncodedEvent event) {
        return Objects.requireNonNull(event.arrival()).problem();
    }

    private static List<String> texts(OutgoingRecord record) {
        return record.headers().stream()
                .map(header -> header.name() + "=" + new String(Objects.requireNonNull(header.value()), UTF_8))
                .toList();
    }

    private static RecordHeader header(String name, String text) {
        return RecordHeader.of(name, text);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
