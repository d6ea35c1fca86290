package dev.headwater.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.EncodedMessage;
import dev.headwater.Metadata;
import dev.headwater.store.EventQuery;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedEvent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class EventLineTest {

    private static final EventLine LINE = new EventLine(new Selection(URI.create("urn:shop"), EventQuery.all(), 0, 9));

    @Test
    void anEventIsACloudEventWithItsPayloadAsItIs() {
        var metadata = new Metadata(
                new UUID(0, 1), new UUID(0, 2), "ada", "acme", "00-1-2-01", Map.of("shift", "night", "desk", "4"));
        var event = new EncodedEvent(
                4711,
                new StreamId("order-Zoë"),
                3,
                Set.of("b", "a"),
                new EncodedMessage(
                        new UUID(0, 3),
                        "order.placed",
                        2,
                        Instant.parse("2026-02-28T12:34:56.000000001Z"),
                        metadata,
                        utf8("{\"total\": 1.10}")));

        assertThat(text(LINE.write(event))).isEqualTo("""
                {"specversion":"1.0","id":"00000000-0000-0000-0000-000000000003","source":"urn:shop",\
                "type":"order.placed","subject":"order-Zoë","time":"2026-02-28T12:34:56.000000001Z",\
                "datacontenttype":"application/json","position":"4711","streamversion":"3","schemaversion":2,\
                "correlationid":"00000000-0000-0000-0000-000000000001",\
                "causationid":"00000000-0000-0000-0000-000000000002",\
                "user":"ada","tenant":"acme","traceparent":"00-1-2-01",\
                "metadata":"{\\"desk\\":\\"4\\",\\"shift\\":\\"night\\"}","tags":"[\\"a\\",\\"b\\"]",\
                "data":{"total": 1.10}}
                """);
        requireKept(event);
    }

    @Test
    void aPayloadOfJsonStandsInTheLineByteForByte() {
        for (var payload : List.of(
                "{}",
                "[]",
                "null",
                "\"text\"",
                "1.10",
                "1E+400",
                "-0",
                " {\t\"a\" : 1 }  ",
                "{\"a\":1,\"a\":2}",
                "{\"data\":{\"data\":\",\\\"data\\\":\"}}",
                "\"\\u0000 \\ud83d\\ude80 é \u2028\"",
                "9".repeat(5_000))) {
            var line = text(LINE.write(event(utf8(payload))));
            assertThat(line).endsWith(",\"data\":" + payload + "}\n");
            requireKept(event(utf8(payload)));
        }
    }

    @Test
    void whateverElseAPayloadIsStandsInBase64() {
        for (var payload : List.of(
                "",
                "{\n}",
                "{\r}",
                "{} {}",
                "{}}",
                "{\"a\":1},\"subject\":\"forged\"",
                "{",
                "nul",
                "'x'",
                "\ufeff{}",
                "\u0000\u0000",
                "[".repeat(5_000) + "]".repeat(5_000))) {
            var line = text(LINE.write(event(utf8(payload))));
            assertThat(line).contains(",\"data_base64\":").doesNotContain(",\"data\":");
            requireKept(event(utf8(payload)));
        }
        requireKept(event(new byte[] {(byte) 0xff, (byte) 0xfe, 0}));
    }

    @Test
    void namesAndMetadataThatLookLikeAPayloadDoNotConfuse() {
        var tricky = ",\"data\":{\"a\":\"\\\",\"data_base64\":\"";
        var metadata = new Metadata(null, null, tricky, tricky, tricky, Map.of(tricky, tricky, "data", "x", "", ""));
        requireKept(new EncodedEvent(
                1,
                new StreamId(tricky),
                1,
                Set.of(tricky),
                new EncodedMessage(new UUID(0, 3), tricky, 1, Logs.TIME, metadata, utf8("{\"a\":1}"))));
    }

    @Test
    void textThatAnAttributeCannotHoldIsKept() {
        for (var text : List.of("", "a\u0000b", "a\nb", "\u0085", "\u007f")) {
            var metadata = new Metadata(null, null, text, text, text, Map.of("k", text));
            var event = new EncodedEvent(1, new StreamId("s"), 1, Set.of(), message(Logs.TIME, metadata, utf8("{}")));
            var attributes = JsonMapper.shared().readTree(LINE.write(event));
            assertThat(attributes.has("user")).isFalse();
            assertThat(attributes.has("tenant")).isFalse();
            assertThat(attributes.has("traceparent")).isFalse();
            requireKept(event);
        }
    }

    @Test
    void timesAreKeptToTheNanosecondAndBeyondTheCalendar() {
        for (var time : List.of(
                Instant.EPOCH,
                Instant.parse("0000-01-01T00:00:00Z"),
                Instant.parse("9999-12-31T23:59:59.999999999Z"),
                Instant.parse("1969-12-31T23:59:59.999999999Z"))) {
            assertThat(text(LINE.write(event(time)))).contains("\"time\":\"" + time + "\"");
            requireKept(event(time));
        }
        for (var time : List.of(Instant.MIN, Instant.MAX, Instant.parse("-0001-12-31T00:00:00Z"))) {
            assertThat(text(LINE.write(event(time))))
                    .contains("\"distanttime\":")
                    .doesNotContain("\"time\":");
            requireKept(event(time));
        }
    }

    @Test
    void aLineThatIsNoEventIsRefusedWithTheReason() {
        var line = text(LINE.write(event(utf8("{}"))));

        requireRefused("", "no JSON object");
        requireRefused("[]", "no JSON object");
        requireRefused("{}", "not the JSON of an event");
        requireRefused("{\"id\":{}}", "neither text nor a number");
        requireRefused(line.replace("\"subject\":\"order-1\",", ""), "'subject' is missing");
        requireRefused(line.replace("\"position\":\"1\"", "\"position\":\"0\""), "'position' is 0: expected 1 or more");
        requireRefused(line.replace("\"position\":\"1\"", "\"position\":\"x\""), "");
        requireRefused(line.replace("\"schemaversion\":1", "\"schemaversion\":4294967297"), "");
        requireRefused(line.replace("\"time\":\"2026", "\"time\":\"x2026"), "");
        requireRefused(line.replace("\"type\"", "\"knob\":\"1\",\"type\""), "nobody knows the attributes [knob]");
        requireRefused(line.replace("\"type\"", "\"tags\":\"[\\\"\\\"]\",\"type\""), "A tag has 0 characters");
        requireRefused(line.replace("\"type\"", "\"tags\":\"[1\",\"type\""), "");
    }

    private static void requireRefused(String line, String reason) {
        assertThatThrownBy(() -> EventLineReader.read(utf8(line.strip() + "\n")))
                .as(line)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    private static void requireKept(EncodedEvent event) {
        var line = LINE.write(event);
        assertThat(text(line)).endsWith("}\n");
        assertThat(text(line).strip()).doesNotContain("\n");
        JsonMapper.shared().readTree(line.length > 4_000 ? utf8("{}") : line);
        assertThat(EventLineReader.read(line)).usingRecursiveComparison().isEqualTo(event);
    }

    private static EncodedEvent event(byte[] payload) {
        return new EncodedEvent(1, new StreamId("order-1"), 1, Set.of(), message(Logs.TIME, Metadata.NONE, payload));
    }

    private static EncodedEvent event(Instant time) {
        return new EncodedEvent(1, new StreamId("order-1"), 1, Set.of(), message(time, Metadata.NONE, utf8("{}")));
    }

    private static EncodedMessage message(Instant time, Metadata metadata, byte[] payload) {
        return new EncodedMessage(new UUID(0, 3), "order.placed", 1, time, metadata, payload);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] line) {
        return new String(line, StandardCharsets.UTF_8);
    }
}
