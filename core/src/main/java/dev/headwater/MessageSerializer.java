package dev.headwater;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
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
    public static final int MAX_METADATA_LENGTH = 8 * 1024;

    /** A shorter payload cannot break the limits on reading, so it need not be read back. */
    private static final int SURELY_READABLE_BYTES = 2 * MAX_NESTING;

    private final MessageTypes types;
    private final JsonMapper mapper;
    private final Upcasting upcasters;
    private final PayloadCheck check;
    private final Map<Class<?>, Codec> byClass = new HashMap<>();
    private final Map<String, Codec> byName = new HashMap<>();
    private final Map<MessageTypes, MessageSerializer> extended = new ConcurrentHashMap<>();

    private record Codec(MessageTypes.RegisteredType type, ObjectReader reader, ObjectWriter writer) {}

    /** Creates a serializer with Headwater's JSON settings, for types that are all at their first version. */
    public MessageSerializer(MessageTypes types) {
        this(builder(types));
    }

    private MessageSerializer(Builder builder) {
        this.types = builder.types;
        this.mapper = builder.mapper;
        this.upcasters = builder.upcasters;
        this.check = builder.check;
        var problems = UpcastingCheck.problems(types, upcasters);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "Not every old message can become a current one:\n  " + String.join("\n  ", problems));
        }
        for (var type : types.all()) {
            var codec = new Codec(type, mapper.readerFor(type.type()), mapper.writerFor(type.type()));
            byClass.put(type.type(), codec);
            byName.put(type.name(), codec);
        }
    }

    /** Starts a serializer for these types. */
    public static Builder builder(MessageTypes types) {
        return new Builder(types);
    }

    /** What a serializer is made of; everything has a default. Not thread-safe. */
    public static final class Builder {

        private final MessageTypes types;
        private JsonMapper mapper = defaultMapper().build();
        private Upcasting upcasters = Upcasting.NONE;
        private PayloadCheck check = PayloadCheck.NONE;

        private Builder(MessageTypes types) {
            this.types = types;
        }

        /** The application's own mapper, best begun from {@link #defaultMapper()}. */
        public Builder mapper(JsonMapper newMapper) {
            mapper = newMapper;
            return this;
        }

        /** How messages of old versions become current ones. */
        public Builder upcasters(Upcasting newUpcasters) {
            upcasters = newUpcasters;
            return this;
        }

        /** What looks at every payload that is written or read. */
        public Builder check(PayloadCheck newCheck) {
            check = newCheck;
            return this;
        }

        /**
         * Makes the serializer.
         *
         * @throws IllegalArgumentException when an old version of a type does not lead to what its class reads; every
         *     missing step is named
         */
        public MessageSerializer build() {
            return new MessageSerializer(this);
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

    /** The same serializer, which writes and reads the toolkit's own types besides; made once for each set of them. */
    public MessageSerializer withBuiltIn(MessageTypes builtIn) {
        return extended.computeIfAbsent(
                builtIn,
                added -> builder(types.and(added))
                        .mapper(mapper)
                        .upcasters(upcasters)
                        .check(new ApplicationCheck(check))
                        .build());
    }

    /** The registry that this serializer writes and reads. */
    public MessageTypes types() {
        return types;
    }

    /** The JSON mapper behind this serializer, for state that is kept beside the messages. */
    public JsonMapper mapper() {
        return mapper;
    }

    /** How messages of old versions become current ones. */
    public Upcasting upcasters() {
        return upcasters;
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
     * Whether a message is of the version that its class reads, or cannot be read at all: no upcaster has to see it.
     */
    public boolean isCurrent(EncodedMessage encoded) {
        return currentCodec(encoded) != null || !upcasters.hasStepFrom(versionOf(encoded));
    }

    /** Whether a message is of the version that its class reads, which is the one that it writes. */
    public boolean isAsWritten(EncodedMessage encoded) {
        return currentCodec(encoded) != null;
    }

    private @Nullable Codec currentCodec(EncodedMessage encoded) {
        var codec = byName.get(encoded.type());
        return codec != null && codec.type().version() == encoded.schemaVersion() ? codec : null;
    }

    /**
     * Reads a message that has become exactly one, which is so unless an upcaster splits or drops it.
     *
     * @throws UndecodableMessageException when its type is unknown, its version is newer than this code, its JSON does
     *     not fit, an upcaster fails, or upcasters have made several messages or none of it
     */
    public Envelope<Message> decode(EncodedMessage encoded) {
        return new Envelope<>(encoded.id(), encoded.time(), encoded.metadata(), decodeMessage(encoded));
    }

    /** Reads the message without its envelope, under the conditions of {@link #decode}. */
    public Message decodeMessage(EncodedMessage encoded) {
        var codec = currentCodec(encoded);
        if (codec != null) {
            return read(codec, encoded);
        }
        var messages = upcast(encoded);
        if (messages.size() != 1) {
            throw new UndecodableMessageException(
                    encoded,
                    "its upcasters have made " + messages.size() + " messages of it: read them with decodeAll",
                    null);
        }
        return messages.getFirst();
    }

    /**
     * Reads what a message has become, in order: itself, unless an upcaster splits or drops it.
     *
     * @throws UndecodableMessageException when its type is unknown, its version is newer than this code, its JSON does
     *     not fit or an upcaster fails
     */
    public List<Message> decodeAll(EncodedMessage encoded) {
        return isCurrent(encoded) ? List.of(decodeMessage(encoded)) : upcast(encoded);
    }

    private Message read(Codec codec, EncodedMessage encoded) {
        var payload = Payload.of(encoded.payload(), mapper);
        try {
            requireSound(encoded, payload);
            return requireMessage(
                    encoded,
                    payload.isParsed()
                            ? codec.reader().readValue(payload.json())
                            : codec.reader().readValue(payload.bytes()));
        } catch (JacksonException e) {
            throw unreadable(encoded, codec, e);
        }
    }

    private List<Message> upcast(EncodedMessage encoded) {
        if (!upcasters.hasStepFrom(versionOf(encoded))) {
            throw new UndecodableMessageException(encoded, whyUnknown(encoded), null);
        }
        var payload = Payload.of(encoded.payload(), mapper);
        try {
            requireSound(encoded, payload);
            return upcasters.upcast(encoded, payload.json(), mapper).stream()
                    .map(part -> read(part, encoded))
                    .toList();
        } catch (JacksonException e) {
            throw new UndecodableMessageException(
                    encoded, "it is not JSON within the limits of a message" + place(e), e.getCause());
        }
    }

    private Message read(Upcasting.Part part, EncodedMessage encoded) {
        var codec = Objects.requireNonNull(byName.get(part.as().type()), "checked when this was built");
        try {
            return requireMessage(encoded, codec.reader().readValue(part.json()));
        } catch (JacksonException e) {
            throw unreadable(encoded, codec, e);
        }
    }

    private static Message requireMessage(EncodedMessage encoded, @Nullable Message message) {
        if (message == null) {
            throw new UndecodableMessageException(encoded, "its payload is the JSON null: expected a message", null);
        }
        return message;
    }

    private String whyUnknown(EncodedMessage encoded) {
        var codec = byName.get(encoded.type());
        if (codec == null) {
            return "no class is registered under that name; register it with MessageTypes, or add an upcaster from it";
        }
        var reads =
                codec.type().type().getName() + " reads version " + codec.type().version();
        return encoded.schemaVersion() > codec.type().version()
                ? "it was written by newer code, and here " + reads + "; deploy the newer code and try it again"
                : reads + ", and there is no upcaster from the older one";
    }

    private void requireSound(EncodedMessage encoded, Payload payload) {
        var problems = check.afterReading(encoded.type(), encoded.schemaVersion(), payload);
        if (!problems.isEmpty()) {
            throw new UndecodableMessageException(encoded, String.join("; ", problems), null);
        }
    }

    private static SchemaVersion versionOf(EncodedMessage encoded) {
        return new SchemaVersion(encoded.type(), encoded.schemaVersion());
    }

    private byte[] write(Codec codec, Message message) {
        try {
            var bytes = codec.writer().writeValueAsBytes(message);
            if (bytes.length > MAX_PAYLOAD_BYTES) {
                throw invalid(
                        codec,
                        "it takes " + bytes.length + " bytes; at most " + MAX_PAYLOAD_BYTES
                                + " are allowed: keep large content elsewhere and store a reference to it",
                        null);
            }
            var payload = Payload.of(bytes, mapper);
            var problems = check.beforeWriting(codec.type().name(), codec.type().version(), payload);
            if (!problems.isEmpty()) {
                throw invalid(codec, String.join("; ", problems), null);
            }
            if (bytes.length > SURELY_READABLE_BYTES && !payload.isParsed()) {
                requireReadable(bytes);
            }
            return bytes;
        } catch (JacksonException e) {
            throw e.getCause() instanceof HeadwaterException own ? own : invalid(codec, e.getOriginalMessage(), e);
        }
    }

    private static void requireWritable(Codec codec, Metadata metadata) {
        requireUnicode(codec, metadata.user());
        requireUnicode(codec, metadata.tenant());
        requireUnicode(codec, metadata.traceParent());
        metadata.attributes().forEach((key, value) -> {
            requireUnicode(codec, key);
            requireUnicode(codec, value);
        });
        int length = metadata.length();
        if (length > MAX_METADATA_LENGTH) {
            throw invalid(
                    codec,
                    "its metadata has " + length + " characters; at most " + MAX_METADATA_LENGTH
                            + " are allowed: keep large content elsewhere and name it in an attribute",
                    null);
        }
    }

    private static void requireUnicode(Codec codec, @Nullable String text) {
        if (text != null && !PlainText.isUnicode(text)) {
            throw invalid(codec, "its metadata is not valid Unicode: it holds half a surrogate pair", null);
        }
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
    private static HeadwaterException unreadable(EncodedMessage encoded, Codec codec, JacksonException e) {
        if (e.getCause() instanceof HeadwaterException own) {
            return own.isTransient()
                    ? own
                    : new UndecodableMessageException(encoded, String.valueOf(own.getMessage()), own);
        }
        var reason = e instanceof StreamReadException
                ? "it is not the JSON that was expected" + place(e)
                : "its JSON does not fit " + codec.type().type().getName() + place(e);
        return new UndecodableMessageException(encoded, reason, e.getCause());
    }

    private static String place(JacksonException e) {
        return e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }
}
