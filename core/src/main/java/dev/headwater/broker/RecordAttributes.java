package dev.headwater.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headwater.MessageSerializer;
import dev.headwater.broker.spi.IncomingRecord;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The attributes and the data of a record, in binary or in structured mode. What cannot be told apart, or is beyond the
 * limits, is refused with an {@link IllegalArgumentException} that says what is wrong and quotes nothing. Used by one
 * thread.
 */
final class RecordAttributes {

    private static final int MAX_HEADERS = 256;
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int MAX_ALL_HEADER_BYTES = 64 * 1024;
    private static final JsonMapper MAPPER = MessageSerializer.defaultMapper().build();

    private final Map<String, String> values;
    private final byte @Nullable [] data;
    private final boolean tombstone;

    private RecordAttributes(Map<String, String> values, byte @Nullable [] data, boolean tombstone) {
        this.values = values;
        this.data = data;
        this.tombstone = tombstone;
    }

    static RecordAttributes of(IncomingRecord record) {
        requireWithinLimits(record);
        var values = new HashMap<String, String>();
        String contentType = null;
        String traceParent = null;
        for (var header : record.headers()) {
            var name = header.name();
            if (name.startsWith(CloudEventAttributes.PREFIX)) {
                var attribute = name.substring(CloudEventAttributes.PREFIX.length());
                if (values.put(attribute, text(name, header.value())) != null) {
                    throw new IllegalArgumentException("it has a header of CloudEvents twice");
                }
            } else if (name.equalsIgnoreCase(CloudEventAttributes.CONTENT_TYPE)) {
                contentType = text(name, header.value());
            } else if (name.equals(CloudEventAttributes.TRACE_PARENT)) {
                traceParent = text(name, header.value());
            }
        }
        if (traceParent != null) {
            values.putIfAbsent(CloudEventAttributes.TRACE_PARENT, traceParent);
        }
        var value = record.value();
        if (value == null) {
            return new RecordAttributes(values, null, !values.containsKey(CloudEventAttributes.TYPE));
        }
        return ofContent(contentType == null ? "" : contentType.toLowerCase(Locale.ROOT), values, value);
    }

    private static RecordAttributes ofContent(String contentType, Map<String, String> values, byte[] value) {
        if (contentType.startsWith(CloudEventAttributes.BATCH)) {
            throw new IllegalArgumentException("it is a batch of events: expected one event in a record");
        }
        if (contentType.startsWith(CloudEventAttributes.STRUCTURED)) {
            return structured(value);
        }
        if (value.length > 5 && value[0] == 0) {
            throw new IllegalArgumentException(
                    "its value begins as those that a schema registry frames: expected JSON");
        }
        if (!contentType.isEmpty() && !isJson(contentType)) {
            throw new IllegalArgumentException(
                    "its content type is another one: expected " + CloudEventAttributes.JSON);
        }
        return new RecordAttributes(values, value, false);
    }

    private static boolean isJson(String contentType) {
        var type = contentType.split(";", 2)[0].strip();
        return type.equals(CloudEventAttributes.JSON) || type.endsWith("+json");
    }

    private static RecordAttributes structured(byte[] value) {
        var json = MAPPER.readTree(value);
        if (!json.isObject()) {
            throw new IllegalArgumentException("it is not the JSON of an event");
        }
        var values = new HashMap<String, String>();
        byte[] data = null;
        for (var field : json.properties()) {
            var content = field.getValue();
            switch (field.getKey()) {
                case CloudEventAttributes.DATA -> data = MAPPER.writeValueAsBytes(content);
                case CloudEventAttributes.DATA_BASE64 ->
                    data = Base64.getDecoder().decode(content.asString());
                default -> {
                    if (!content.isValueNode()) {
                        throw new IllegalArgumentException("an attribute is neither text nor a number");
                    }
                    if (!content.isNull()) {
                        values.put(field.getKey(), content.asString());
                    }
                }
            }
        }
        var dataType = values.get(CloudEventAttributes.DATA_CONTENT_TYPE);
        if (dataType != null && dataType.toLowerCase(Locale.ROOT).startsWith("application/cloudevents")) {
            throw new IllegalArgumentException("its data is an event too: expected one event in a record");
        }
        if (dataType != null && !isJson(dataType.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("its data is of another type: expected " + CloudEventAttributes.JSON);
        }
        return new RecordAttributes(values, data, false);
    }

    private static void requireWithinLimits(IncomingRecord record) {
        var value = record.value();
        if (value != null && value.length > MessageSerializer.MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("its value has " + value.length + " bytes: at most "
                    + MessageSerializer.MAX_PAYLOAD_BYTES + " are allowed");
        }
        if (record.headers().size() > MAX_HEADERS) {
            throw new IllegalArgumentException(
                    "it has " + record.headers().size() + " headers: at most " + MAX_HEADERS + " are allowed");
        }
        int all = 0;
        for (var header : record.headers()) {
            var bytes = header.value();
            int length = header.name().length() + (bytes == null ? 0 : bytes.length);
            all += length;
            if (length > MAX_HEADER_BYTES || all > MAX_ALL_HEADER_BYTES) {
                throw new IllegalArgumentException("its headers are too large: at most " + MAX_HEADER_BYTES
                        + " bytes in one and " + MAX_ALL_HEADER_BYTES + " in all are allowed");
            }
        }
    }

    private static String text(String name, byte @Nullable [] bytes) {
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(Objects.requireNonNullElse(bytes, new byte[0])))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("its header '" + name + "' is not text in UTF-8", e);
        }
    }

    /** Whether it says that nothing is left of its key. */
    boolean isTombstone() {
        return tombstone;
    }

    /** The attributes that nobody has taken. */
    Map<String, String> values() {
        return values;
    }

    byte @Nullable [] data() {
        return data;
    }

    @Nullable
    String take(String name) {
        return values.remove(name);
    }

    String require(String name) {
        var value = take(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("it has no attribute '" + name + "', so it is no CloudEvent");
        }
        return value;
    }

    /** A number, or another one when there is none; never a negative one. */
    long number(String name, long absent) {
        var value = take(name);
        if (value == null) {
            return absent;
        }
        long number = Long.parseLong(value);
        if (number < 0) {
            throw new IllegalArgumentException("its attribute '" + name + "' is negative");
        }
        return number;
    }
}
