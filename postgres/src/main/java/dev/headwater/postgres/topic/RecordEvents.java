package dev.headwater.postgres.topic;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headwater.EncodedMessage;
import dev.headwater.MessageSerializer;
import dev.headwater.Metadata;
import dev.headwater.UuidV7;
import dev.headwater.UuidV8;
import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.RecordHeader;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedAppend;
import dev.headwater.store.spi.EncodedEvent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Records as events of a log: the value is the payload as it is when it is JSON, the key names the stream, and the
 * headers are metadata. Type and id are those of CloudEvents where a record has them, so that the log can be read by
 * people too. The time of the event is when the record was accepted.
 */
final class RecordEvents {

    private static final JsonMapper MAPPER = MessageSerializer.defaultMapper().build();
    private static final Base64.Encoder TO_TEXT = Base64.getEncoder();
    private static final Base64.Decoder FROM_TEXT = Base64.getDecoder();
    private static final String NO_TYPE = "record";
    private static final int MAX_TYPE_LENGTH = 200;

    /** The headers as a list of pairs; a value that is no text stands in Base64, as the third of the pair. */
    private static final String HEADERS = "headers";
    /** The key in Base64. */
    private static final String KEY = "key";
    /** How the value is written when it is no JSON: {@link #BASE64} or {@link #NONE}. */
    private static final String VALUE = "value";

    private static final String BASE64 = "base64";
    private static final String NONE = "none";
    private static final byte[] NULL = "null".getBytes(UTF_8);

    private RecordEvents() {}

    static EncodedAppend.Part part(OutgoingRecord record, Instant acceptedAt) {
        var metadata = Metadata.NONE.with(HEADERS, headers(record.headers()));
        metadata = metadata.with(KEY, TO_TEXT.encodeToString(record.key()));
        var value = record.value();
        byte[] payload;
        if (value == null) {
            metadata = metadata.with(VALUE, NONE);
            payload = NULL;
        } else if (isJson(value)) {
            payload = value;
        } else {
            metadata = metadata.with(VALUE, BASE64);
            payload = ('"' + TO_TEXT.encodeToString(value) + '"').getBytes(UTF_8);
        }
        var message = new EncodedMessage(
                id(record),
                header("ce_type", record)
                        .filter(type -> !type.isEmpty() && type.length() <= MAX_TYPE_LENGTH)
                        .orElse(NO_TYPE),
                1,
                acceptedAt,
                metadata,
                payload);
        return new EncodedAppend.Part(
                stream(record.key()), ExpectedVersion.any(), List.of(new EncodedAppend.Event(message, Set.of())));
    }

    /** The same for what is published again, but not for a command that is sent again to be told what became of it. */
    private static UUID id(OutgoingRecord record) {
        var id = header("ce_id", record).flatMap(RecordEvents::uuid).orElseGet(UuidV7::next);
        return header("ce_sending", record)
                .map(sending -> UuidV8.of(id, sending))
                .orElse(id);
    }

    static IncomingRecord record(EncodedEvent event) {
        var message = event.message();
        var attributes = message.metadata().attributes();
        byte[] value = switch (attributes.getOrDefault(VALUE, "")) {
            case NONE -> null;
            case BASE64 -> FROM_TEXT.decode(MAPPER.readTree(message.payload()).asString());
            default -> message.payload();
        };
        return new IncomingRecord(
                event.position(),
                FROM_TEXT.decode(attributes.getOrDefault(KEY, "")),
                value,
                headers(attributes),
                message.time(),
                Optional.empty());
    }

    /** The bytes that a record takes, about. */
    static long bytes(OutgoingRecord record) {
        var value = record.value();
        return value == null ? 0 : value.length;
    }

    private static String headers(List<RecordHeader> headers) {
        var all = MAPPER.createArrayNode();
        for (var header : headers) {
            var pair = all.addArray().add(TO_TEXT.encodeToString(header.name().getBytes(UTF_8)));
            var value = header.value();
            if (value == null) {
                continue;
            }
            var text = text(value);
            if (text.isPresent()) {
                pair.add(text.get());
            } else {
                pair.addNull().add(TO_TEXT.encodeToString(value));
            }
        }
        return MAPPER.writeValueAsString(all);
    }

    private static List<RecordHeader> headers(Map<String, String> attributes) {
        var headers = new ArrayList<RecordHeader>();
        for (var pair : MAPPER.readTree(attributes.getOrDefault(HEADERS, "[]"))) {
            headers.add(new RecordHeader(new String(FROM_TEXT.decode(pair.get(0).asString()), UTF_8), value(pair)));
        }
        return headers;
    }

    private static byte @Nullable [] value(JsonNode pair) {
        return switch (pair.size()) {
            case 1 -> null;
            case 2 -> pair.get(1).asString().getBytes(UTF_8);
            default -> FROM_TEXT.decode(pair.get(2).asString());
        };
    }

    /** The text that bytes are, unless JSON in the database could not hold it. */
    private static Optional<String> text(byte[] bytes) {
        try {
            var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.indexOf('\0') < 0 ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static boolean isJson(byte[] value) {
        if (text(value).isEmpty()) {
            return false;
        }
        try {
            return !MAPPER.readTree(value).isMissingNode();
        } catch (JacksonException e) {
            return false;
        }
    }

    private static Optional<String> header(String name, OutgoingRecord record) {
        return record.headers().stream()
                .filter(header -> header.name().equals(name))
                .findFirst()
                .flatMap(header -> Optional.ofNullable(header.value()))
                .flatMap(RecordEvents::text);
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static StreamId stream(byte[] key) {
        var text = text(key).filter(name -> !name.isEmpty() && !name.startsWith("$"));
        try {
            return new StreamId(text.orElseGet(() -> digest(key)));
        } catch (IllegalArgumentException e) {
            return new StreamId(digest(key));
        }
    }

    private static String digest(byte[] key) {
        var id = UUID.nameUUIDFromBytes(key);
        return "key-" + HexFormat.of().toHexDigits(id.getMostSignificantBits())
                + HexFormat.of().toHexDigits(id.getLeastSignificantBits());
    }
}
