package dev.headwater;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns envelopes into JSON and back, for the types of one {@link MessageTypes} registry.
 *
 * <p>What is written can be read again: a payload that is too large, too deep or holds a number of more than
 * {@value #MAX_NUMBER_LENGTH} digits is refused before it is stored, and so is metadata that is too large or not valid
 * Unicode. Decimals keep their scale, whole numbers of any size and instants to the nanosecond are exact, text is kept
 * character by character. Unknown fields are ignored, so that an old reader survives a new optional field. Thread-safe.
 */
public final class MessageSerializer {

    /** The largest payload, in bytes of UTF-8. */
    public static final int MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

    /** The deepest nesting of objects and arrays in a payload. */
    public static final int MAX_NESTING = 200;

    /** The longest number in a payload, in characters. */
    public static final int MAX_NUMBER_LENGTH = 1000;

    /** The most text in the metadata of one message, in characters. */
    public static final int MAX_METADATA_LENGTH = 64 * 1024;

    /** A shorter payload cannot break the limits on reading, so it need not be read back. */
    private static final int SURELY_READABLE_BYTES = 2 * MAX_NESTING;

    private final MessageTypes types;
    private final JsonMapper mapper;
    private final Map<Class<?>, Codec> byClass = new HashMap<>();
    private final Map<String, Codec> byName = new HashMap<>();

    private record Codec(MessageTypes.RegisteredType type, ObjectReader reader, ObjectWriter writer) {}

    /** Creates a serializer with Headwater's JSON settings. */
    public MessageSerializer(MessageTypes types) {
        this(types, defaultMapper().build());
    }

    /** Creates a serializer with the application's own mapper, best begun from {@link #defaultMapper()}. */
    public MessageSerializer(MessageTypes types, JsonMapper mapper) {
        this.types = types;
        this.mapper = mapper;
        for (var type : types.all()) {
            var codec = new Codec(type, mapper.readerFor(type.type()), mapper.writerFor(type.type()));
            byClass.put(type.type(), codec);
            byName.put(type.name(), codec);
        }
    }

    /** The JSON settings of Headwater, to be extended with modules: exact numbers, bounded input. */
    public static JsonMapper.Builder defaultMapper() {
        var factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_NESTING)
                        .maxNumberLength(MAX_NUMBER_LENGTH)
                        .maxStringLength(MAX_PAYLOAD_BYTES)
                        .build())
                .streamWriteConstraints(StreamWriteConstraints.builder()
                        .maxNestingDepth(MAX_NESTING)
                        .build())
                .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .changeDefaultPropertyInclusion(
                        inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_ABSENT));
    }

    /** The registry that this serializer writes and reads. */
    public MessageTypes types() {
        return types;
    }

    /** The JSON mapper behind this serializer, for state that is kept beside the messages. */
    public JsonMapper mapper() {
        return mapper;
    }

    /**
     * Writes a message.
     *
     * @throws IllegalArgumentException when its class is not registered
     * @throws InvalidMessageException when it could not be read back
     */
    public EncodedMessage encode(Envelope<?> envelope) {
        var message = envelope.message();
        var codec = byClass.get(message.getClass());
        if (codec == null) {
            throw MessageTypes.unregistered(message.getClass());
        }
        requireWritable(codec, envelope.metadata());
        return new EncodedMessage(
                envelope.id(),
                codec.type().name(),
                codec.type().version(),
                envelope.time(),
                envelope.metadata(),
                write(codec, message));
    }

    /**
     * Reads a message.
     *
     * @throws UndecodableMessageException when its type is unknown, its schema version is not the current one or its
     *     JSON does not fit
     */
    public Envelope<Message> decode(EncodedMessage encoded) {
        return new Envelope<>(encoded.id(), encoded.time(), encoded.metadata(), decodeMessage(encoded));
    }

    /** Reads the message without its envelope, under the conditions of {@link #decode}. */
    public Message decodeMessage(EncodedMessage encoded) {
        var codec = byName.get(encoded.type());
        if (codec == null) {
            throw new UndecodableMessageException(
                    encoded, "no class is registered under that name; register it with MessageTypes", null);
        }
        if (codec.type().version() != encoded.schemaVersion()) {
            throw new UndecodableMessageException(
                    encoded,
                    codec.type().type().getName() + " reads version "
                            + codec.type().version(),
                    null);
        }
        try {
            return codec.reader().readValue(encoded.payload());
        } catch (JacksonException e) {
            throw unreadable(encoded, codec, e);
        }
    }

    private byte[] write(Codec codec, Message message) {
        byte[] payload;
        try {
            payload = codec.writer().writeValueAsBytes(message);
            if (payload.length > MAX_PAYLOAD_BYTES) {
                throw invalid(
                        codec,
                        "it takes " + payload.length + " bytes; at most " + MAX_PAYLOAD_BYTES
                                + " are allowed: keep large content elsewhere and store a reference to it",
                        null);
            }
            if (payload.length > SURELY_READABLE_BYTES) {
                requireReadable(payload);
            }
            return payload;
        } catch (JacksonException e) {
            throw invalid(codec, reason(e), e);
        }
    }

    private static void requireWritable(Codec codec, Metadata metadata) {
        long length = requireUnicode(codec, metadata.user())
                + requireUnicode(codec, metadata.tenant())
                + requireUnicode(codec, metadata.traceParent());
        for (var attribute : metadata.attributes().entrySet()) {
            length += requireUnicode(codec, attribute.getKey()) + requireUnicode(codec, attribute.getValue());
        }
        if (length > MAX_METADATA_LENGTH) {
            throw invalid(
                    codec,
                    "its metadata has " + length + " characters; at most " + MAX_METADATA_LENGTH
                            + " are allowed: keep large content elsewhere and name it in an attribute",
                    null);
        }
    }

    /** The length of a text, which must have no half surrogate pair. */
    private static long requireUnicode(Codec codec, @Nullable String text) {
        if (text == null) {
            return 0;
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    throw invalid(codec, "its metadata is not valid Unicode: it holds half a surrogate pair", null);
                }
                i++;
            }
        }
        return text.length();
    }

    /** Walks over the tokens once, under the limits that reading will have. */
    private void requireReadable(byte[] payload) {
        try (var parser = mapper.createParser(payload)) {
            JsonToken token;
            do {
                token = parser.nextToken();
            } while (token != null);
        }
    }

    private static InvalidMessageException invalid(Codec codec, String reason, @Nullable Throwable cause) {
        return new InvalidMessageException(
                "A message of type '" + codec.type().name() + "' cannot be stored or sent: " + reason, cause);
    }

    /** Says where, not what: Jackson's own messages quote the payload. */
    private static UndecodableMessageException unreadable(EncodedMessage encoded, Codec codec, JacksonException e) {
        var place = e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
        var reason = e instanceof StreamReadException
                ? "it is not the JSON that was expected" + place
                : "its JSON does not fit " + codec.type().type().getName() + place;
        return new UndecodableMessageException(encoded, reason, e.getCause());
    }

    private static String reason(JacksonException e) {
        return e.getOriginalMessage();
    }
}
