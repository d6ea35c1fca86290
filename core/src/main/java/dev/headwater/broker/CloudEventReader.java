package dev.headwater.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headwater.EncodedMessage;
import dev.headwater.MessageSerializer;
import dev.headwater.Metadata;
import dev.headwater.MetadataJson;
import dev.headwater.PlainText;
import dev.headwater.broker.spi.IncomingRecord;
import dev.headwater.store.Origin;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedEvent;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Reads records as events. What is no CloudEvent of version 1.0 becomes an event too, one that says what is wrong with
 * it, so that it is put aside as any other event that cannot be handled, and never passed over. Thread-safe.
 *
 * @param topic the topic that the records are from
 * @param partition the partition
 */
record CloudEventReader(String topic, int partition) {

    /** The type of what has none. */
    static final String NO_TYPE = "$unreadable";

    /** The type of a record that says that nothing is left of its key. */
    static final String TOMBSTONE = "$tombstone";

    private static final Origin UNKNOWN = new Origin("", "", 0, 0);
    private static final int MAX_TYPE_LENGTH = 200;
    private static final int MAX_ID_LENGTH = 1000;
    private static final byte[] NOTHING = {};
    private static final byte[] EMPTY = "{}".getBytes(UTF_8);

    /** The event that a record is. */
    EncodedEvent read(IncomingRecord record) {
        try {
            if (record.unreadable().isPresent()) {
                return problem(record, record.unreadable().get());
            }
            var attributes = RecordAttributes.of(record);
            return attributes.isTombstone() ? tombstone(record, attributes) : event(record, attributes);
        } catch (JacksonException e) {
            return problem(record, "it is not the JSON of an event");
        } catch (ArithmeticException | DateTimeException | NumberFormatException e) {
            return problem(record, "a number or a time of its attributes is none");
        } catch (IllegalArgumentException e) {
            return problem(record, String.valueOf(e.getMessage()));
        }
    }

    private EncodedEvent event(IncomingRecord record, RecordAttributes attributes) {
        attributes.values().forEach(CloudEventReader::requirePlain);
        var version = attributes.require(CloudEventAttributes.SPEC_VERSION);
        if (!version.equals("1.0")) {
            throw new IllegalArgumentException("it is a CloudEvent of another version: expected 1.0");
        }
        var id = attributes.require(CloudEventAttributes.ID);
        var source = attributes.require(CloudEventAttributes.SOURCE);
        var type = attributes.require(CloudEventAttributes.TYPE);
        if (type.length() > MAX_TYPE_LENGTH || id.length() > MAX_ID_LENGTH) {
            throw new IllegalArgumentException("its type or id is too long: at most " + MAX_TYPE_LENGTH + " and "
                    + MAX_ID_LENGTH + " characters are allowed");
        }
        var key = key(record, attributes);
        var origin = origin(source, attributes);
        int schemaVersion = Math.toIntExact(attributes.number(CloudEventAttributes.SCHEMA_VERSION, 1));
        long streamVersion = Math.max(1, attributes.number(CloudEventAttributes.STREAM_VERSION, 1));
        var time = attributes.take(CloudEventAttributes.TIME);
        var uuid = uuid(source, id);
        var metadata = metadata(attributes);
        if (!uuid.toString().equalsIgnoreCase(id)) {
            metadata = metadata.with(CloudEventAttributes.ORIGINAL_ID, id);
        }
        if (!metadata.attributes().values().stream().allMatch(PlainText::isUnicode)) {
            throw new IllegalArgumentException("its metadata holds half a surrogate pair");
        }
        if (metadata.length() > MessageSerializer.MAX_METADATA_LENGTH) {
            throw new IllegalArgumentException("its metadata has " + metadata.length() + " characters: at most "
                    + MessageSerializer.MAX_METADATA_LENGTH + " are allowed");
        }
        var data = attributes.data();
        var message = new EncodedMessage(
                uuid,
                type,
                schemaVersion,
                time == null ? record.acceptedAt() : OffsetDateTime.parse(time).toInstant(),
                metadata,
                data == null ? EMPTY : data);
        return event(record, key, streamVersion, message, new RecordArrival(record, origin, Optional.empty()));
    }

    /** Text that could be kept nowhere else is refused here. */
    private static void requirePlain(String name, String text) {
        if (name.chars().anyMatch(Character::isISOControl) || !PlainText.isUnicode(name)) {
            throw new IllegalArgumentException(
                    "the name of an attribute holds a control character or half a surrogate pair");
        }
        if (text.chars().anyMatch(Character::isISOControl) || !PlainText.isUnicode(text)) {
            throw new IllegalArgumentException(
                    "its attribute '" + name + "' holds a control character or half a surrogate pair");
        }
    }

    private static EncodedEvent event(
            IncomingRecord record, StreamId stream, long version, EncodedMessage message, RecordArrival arrival) {
        return new EncodedEvent(record.position(), stream, version, Set.of(), message, arrival);
    }

    private EncodedEvent tombstone(IncomingRecord record, RecordAttributes attributes) {
        return event(
                record,
                key(record, attributes),
                1,
                new EncodedMessage(placeId(record), TOMBSTONE, 1, record.acceptedAt(), Metadata.NONE, NOTHING),
                new RecordArrival(record, UNKNOWN, Optional.empty()));
    }

    private EncodedEvent problem(IncomingRecord record, String problem) {
        var kept = withinLimits(record, problem);
        var value = kept.value();
        return event(
                kept,
                keyOf(record).orElseGet(() -> placeKey(record)),
                1,
                new EncodedMessage(
                        placeId(record),
                        NO_TYPE,
                        1,
                        record.acceptedAt(),
                        Metadata.NONE,
                        value == null ? NOTHING : value),
                new RecordArrival(kept, UNKNOWN, Optional.of(problem)));
    }

    /** What is larger than any event may be is not kept, since nobody could do anything with it. */
    private static IncomingRecord withinLimits(IncomingRecord record, String problem) {
        var value = record.value();
        if (value == null || value.length <= MessageSerializer.MAX_PAYLOAD_BYTES) {
            return record;
        }
        return new IncomingRecord(
                record.position(), record.key(), null, record.headers(), record.acceptedAt(), Optional.of(problem));
    }

    private UUID placeId(IncomingRecord record) {
        return UUID.nameUUIDFromBytes((topic + '/' + partition + '/' + record.position()).getBytes(UTF_8));
    }

    private static UUID uuid(String source, String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            return UUID.nameUUIDFromBytes((source + '\n' + id).getBytes(UTF_8));
        }
    }

    /** Known when the log is named: a position alone is a word that others use for something else. */
    private static Origin origin(String source, RecordAttributes attributes) {
        var log = attributes.values().get(CloudEventAttributes.LOG);
        if (log == null || log.isEmpty() || !attributes.values().containsKey(CloudEventAttributes.POSITION)) {
            return UNKNOWN;
        }
        attributes.take(CloudEventAttributes.LOG);
        long position = attributes.number(CloudEventAttributes.POSITION, 0);
        int part = Math.toIntExact(attributes.number(CloudEventAttributes.PART, 0));
        return new Origin(source, log, position, part);
    }

    private static Metadata metadata(RecordAttributes attributes) {
        var metadata = MetadataJson.read(
                id(attributes.take(CloudEventAttributes.CORRELATION)),
                id(attributes.take(CloudEventAttributes.CAUSATION)),
                attributes.take(CloudEventAttributes.METADATA));
        metadata = metadata.withUser(other(attributes.take(CloudEventAttributes.USER), metadata.user()))
                .withTenant(other(attributes.take(CloudEventAttributes.TENANT), metadata.tenant()))
                .withTraceParent(other(attributes.take(CloudEventAttributes.TRACE_PARENT), metadata.traceParent()));
        attributes.take(CloudEventAttributes.DATA_CONTENT_TYPE);
        attributes.take(CloudEventAttributes.DATA_SCHEMA);
        for (var other : Map.copyOf(attributes.values()).entrySet()) {
            metadata = metadata.with(other.getKey(), other.getValue());
        }
        return metadata;
    }

    private static @Nullable String other(@Nullable String first, @Nullable String second) {
        return first == null ? second : first;
    }

    /** An id of another system that is no UUID tells of no message that could be found here. */
    private static @Nullable UUID id(@Nullable String text) {
        return text == null ? null : uuid("", text);
    }

    private StreamId key(IncomingRecord record, RecordAttributes attributes) {
        var subject = attributes.take(CloudEventAttributes.SUBJECT);
        var partitionKey = attributes.take(CloudEventAttributes.PARTITION_KEY);
        return keyOf(record)
                .or(() -> Optional.ofNullable(other(subject, partitionKey)).map(CloudEventReader::streamOf))
                .orElseGet(() -> placeKey(record));
    }

    private static Optional<StreamId> keyOf(IncomingRecord record) {
        var key = record.key();
        if (key == null || key.length == 0) {
            return Optional.empty();
        }
        var text = new String(key, UTF_8);
        return Optional.of(
                Arrays.equals(text.getBytes(UTF_8), key) ? streamOf(text) : new StreamId("key-" + digest(key)));
    }

    /** The key itself where that can be the name of a stream, but not of one that belongs to the toolkit. */
    private static StreamId streamOf(String key) {
        if (key.isEmpty() || key.startsWith("$") || key.startsWith("key-")) {
            return new StreamId("key-" + digest(key.getBytes(UTF_8)));
        }
        try {
            return new StreamId(key);
        } catch (IllegalArgumentException e) {
            return new StreamId("key-" + digest(key.getBytes(UTF_8)));
        }
    }

    private static String digest(byte[] key) {
        var id = UUID.nameUUIDFromBytes(key);
        return HexFormat.of().toHexDigits(id.getMostSignificantBits())
                + HexFormat.of().toHexDigits(id.getLeastSignificantBits());
    }

    /** A record without a key is kept in order with nothing. */
    private static StreamId placeKey(IncomingRecord record) {
        return new StreamId("record-" + record.position());
    }
}
