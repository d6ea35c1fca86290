package dev.headwater;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MessageSerializerTest {

    @MessageType("sale")
    record Sale(
            BigDecimal price,
            BigInteger units,
            long number,
            Instant at,
            Optional<String> note,
            List<String> labels,
            Map<String, BigDecimal> shares)
            implements DomainEvent {}

    @MessageType("text")
    record Text(String text) implements DomainEvent {}

    @MessageType("chain")
    record Chain(Chain next) implements DomainEvent {

        static Chain ofLength(int length) {
            Chain chain = null;
            for (int i = 0; i < length; i++) {
                chain = new Chain(chain);
            }
            return chain;
        }
    }

    record Stranger() implements DomainEvent {}

    private final MessageSerializer serializer = MessageSerializer.builder(
                    MessageTypes.of(Sale.class, Text.class, Chain.class))
            .check(check())
            .build();

    PayloadCheck check() {
        return PayloadCheck.NONE;
    }

    @Test
    void theJsonNullIsNoMessage() {
        var encoded = serializer.encode(Envelope.of(new Text("hello")));
        var nothing = new EncodedMessage(
                encoded.id(), encoded.type(), 1, encoded.time(), encoded.metadata(), " null ".getBytes(UTF_8));

        assertThatExceptionOfType(UndecodableMessageException.class)
                .isThrownBy(() -> serializer.decode(nothing))
                .withMessageContaining("JSON null");
    }

    @Test
    void writesTypeVersionAndEnvelope() {
        var metadata = Metadata.NONE.withUser("ada").with("key", "value");
        var envelope = Envelope.of(new Text("hello")).withMetadata(metadata);

        var encoded = serializer.encode(envelope);

        assertThat(encoded.id()).isEqualTo(envelope.id());
        assertThat(encoded.type()).isEqualTo("text");
        assertThat(encoded.schemaVersion()).isEqualTo(1);
        assertThat(encoded.time()).isEqualTo(envelope.time());
        assertThat(encoded.metadata()).isEqualTo(metadata);
        assertThat(new String(encoded.payload(), UTF_8)).isEqualTo("{\"text\":\"hello\"}");
        assertThat(serializer.decode(encoded)).isEqualTo(envelope);
    }

    @Test
    void whatItWritesItReads() {
        long seed = 99;
        var random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            var sale = new Sale(
                    new BigDecimal(new BigInteger(1 + random.nextInt(200), random), random.nextInt(40) - 10),
                    new BigInteger(1 + random.nextInt(2_000), random).negate(),
                    random.nextLong(),
                    Instant.ofEpochSecond(
                            random.nextLong(-62_135_596_800L, 253_402_300_799L), random.nextInt(1_000_000_000)),
                    random.nextBoolean() ? Optional.empty() : Optional.of(text(random)),
                    List.of(text(random), ""),
                    Map.of(text(random), new BigDecimal("1.10")));
            var envelope = Envelope.of(sale);

            assertThat(serializer.decode(serializer.encode(envelope)))
                    .as("sale %d of seed %d", i, seed)
                    .isEqualTo(envelope);
        }
    }

    @Test
    void ignoresFieldsItDoesNotKnow() {
        assertThat(serializer.decodeMessage(encoded("text", 1, "{\"added\":[1],\"text\":\"a\",\"more\":{}}")))
                .isEqualTo(new Text("a"));
    }

    @Test
    void anUnregisteredClassIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> serializer.encode(Envelope.of(new Stranger())))
                .withMessageContaining(Stranger.class.getName());
    }

    @Test
    void nothingFromOutsideChoosesAClass() {
        for (var type : List.of("unknown", "java.lang.Runtime", Stranger.class.getName(), Text.class.getName(), "")) {
            assertUndecodable(encoded(type, 1, "{\"text\":\"a\"}"), "'" + type + "'");
        }
        assertThat(serializer.decodeMessage(encoded("text", 1, "{\"@class\":\"java.lang.Runtime\",\"text\":\"a\"}")))
                .isEqualTo(new Text("a"));
    }

    @Test
    void anotherSchemaVersionIsNotGuessedAt() {
        assertUndecodable(encoded("text", 2, "{\"text\":\"a\"}"), "reads version 1");
        assertUndecodable(encoded("sale", 2, "{}"), "deploy the newer code");
    }

    @Test
    void brokenJsonIsReportedWithoutThePayload() {
        for (var json :
                List.of("", "secret", "{\"text\":\"secret", "{\"text\":{\"secret\":1}}", "[\"secret\"]", "{} secret")) {
            var encoded = encoded("text", 1, json);
            assertThatExceptionOfType(UndecodableMessageException.class)
                    .as(json)
                    .isThrownBy(() -> serializer.decode(encoded))
                    .withMessageContaining(encoded.id().toString())
                    .satisfies(e -> assertThat(e.encoded()).isSameAs(encoded))
                    .satisfies(
                            e -> assertThat(e).hasMessageNotContaining("secret").hasNoCause())
                    .satisfies(e -> assertThat(e.isTransient()).isFalse());
        }
    }

    @Test
    void textIsKeptCharacterByCharacter() {
        for (var text : List.of(
                "\ud83d\ude80 \u0000 \uffff", "\ud800", "a\udc00", "\udc00\ud800", "x".repeat(10_000) + "\ud83d")) {
            assertRoundTrip(new Text(text));
        }
    }

    @Test
    void nestingHasALimit() {
        assertRoundTrip(Chain.ofLength(MessageSerializer.MAX_NESTING));
        assertInvalid(Chain.ofLength(MessageSerializer.MAX_NESTING + 1));
        assertInvalid(Chain.ofLength(100_000));
    }

    @Test
    void numbersHaveALimit() {
        assertRoundTrip(sale("9".repeat(MessageSerializer.MAX_NUMBER_LENGTH)));
        assertInvalid(sale("9".repeat(MessageSerializer.MAX_NUMBER_LENGTH + 1)));
    }

    @Test
    void payloadsHaveALimit() {
        int around = "{\"text\":\"\"}".length();
        int room = MessageSerializer.MAX_PAYLOAD_BYTES - around;

        assertThat(serializer.encode(Envelope.of(new Text("x".repeat(room)))).payload())
                .hasSize(MessageSerializer.MAX_PAYLOAD_BYTES);
        assertInvalid(new Text("x".repeat(room + 1)));
        assertInvalid(new Text("é".repeat(room / 2 + 1)));
    }

    @Test
    void metadataHasALimit() {
        var note = Envelope.of(new Text("a"));
        var most = Metadata.NONE.with("k", "x".repeat(MessageSerializer.MAX_METADATA_LENGTH - 1));

        assertThat(serializer.encode(note.withMetadata(most)).metadata()).isEqualTo(most);
        for (var invalid : List.of(
                most.withUser("x"),
                Metadata.NONE.withTenant("\ud800"),
                Metadata.NONE.with("\udc00", ""),
                Metadata.NONE.with("key", "\ud83d."))) {
            assertThatExceptionOfType(InvalidMessageException.class)
                    .isThrownBy(() -> serializer.encode(note.withMetadata(invalid)))
                    .withMessageContaining("'text'")
                    .withMessageContaining("metadata");
        }
    }

    private void assertRoundTrip(DomainEvent event) {
        assertThat(serializer.decodeMessage(serializer.encode(Envelope.of(event))))
                .isEqualTo(event);
    }

    private void assertInvalid(DomainEvent event) {
        var type = serializer.types().require(event.getClass()).name();
        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> serializer.encode(Envelope.of(event)))
                .withMessageContaining("'" + type + "'")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1_000));
    }

    private void assertUndecodable(EncodedMessage encoded, String reason) {
        assertThatExceptionOfType(UndecodableMessageException.class)
                .isThrownBy(() -> serializer.decode(encoded))
                .withMessageContaining(reason);
    }

    private static EncodedMessage encoded(String type, int version, String json) {
        return new EncodedMessage(UUID.randomUUID(), type, version, Instant.EPOCH, Metadata.NONE, json.getBytes(UTF_8));
    }

    private static Sale sale(String units) {
        return new Sale(
                new BigDecimal("1.10"), new BigInteger(units), 1, Instant.EPOCH, Optional.empty(), List.of(), Map.of());
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(20), 0, 0xD800)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
