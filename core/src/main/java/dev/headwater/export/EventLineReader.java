package dev.headwater.export;

import dev.headwater.EncodedMessage;
import dev.headwater.Metadata;
import dev.headwater.MetadataJson;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.store.spi.EncodedEvent;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.type.TypeReference;

/**
 * Reads the lines that {@link EventLine} writes.
 *
 * <p>Quotes within a JSON string are escaped, so the first {@code ,"data":} of a line is the member of that name, and
 * what follows it is the payload, untouched.
 */
final class EventLineReader {

    private static final TypeReference<Set<String>> TEXTS = new TypeReference<>() {};

    private final byte[] line;
    private final int payloadStart;
    private final Map<String, String> attributes;

    private EventLineReader(byte[] line) {
        this.line = line;
        int data = indexOfData(line);
        this.payloadStart = data < 0 ? -1 : data + EventLine.DATA.length;
        this.attributes = attributes(line, data < 0 ? payloadEnd() : data);
    }

    /**
     * The event of a line.
     *
     * @throws IllegalArgumentException when it is no such line; the message says why, without quoting the payload
     */
    static EncodedEvent read(byte[] line) {
        try {
            return new EventLineReader(line).event();
        } catch (JacksonException e) {
            throw new IllegalArgumentException("it is not the JSON of an event", e);
        } catch (ArithmeticException | DateTimeException e) {
            throw new IllegalArgumentException("a number or time is not one: " + e.getMessage(), e);
        }
    }

    private EncodedEvent event() {
        take("specversion");
        take("source");
        take("datacontenttype");
        var message = new EncodedMessage(
                UUID.fromString(take("id")),
                take("type"),
                Math.toIntExact(number(EventLine.SCHEMA_VERSION)),
                time(),
                metadata(),
                payload());
        var event = new EncodedEvent(
                number(EventLine.POSITION),
                new StreamId(take("subject")),
                number(EventLine.STREAM_VERSION),
                tags(),
                message);
        if (!attributes.isEmpty()) {
            throw new IllegalArgumentException("nobody knows the attributes " + attributes.keySet());
        }
        return event;
    }

    private byte[] payload() {
        return payloadStart < 0
                ? Base64.getDecoder().decode(take(EventLine.DATA_BASE64))
                : Arrays.copyOfRange(line, payloadStart, payloadEnd());
    }

    private int payloadEnd() {
        return line.length - EventLine.END.length;
    }

    private Instant time() {
        var distant = attributes.remove(EventLine.DISTANT_TIME);
        return Instant.parse(distant == null ? take("time") : distant);
    }

    private Metadata metadata() {
        var metadata = MetadataJson.read(
                id(EventLine.CORRELATION), id(EventLine.CAUSATION), attributes.remove(EventLine.METADATA));
        var user = attributes.remove(EventLine.USER);
        var tenant = attributes.remove(EventLine.TENANT);
        var traceParent = attributes.remove(EventLine.TRACE_PARENT);
        metadata = user == null ? metadata : metadata.withUser(user);
        metadata = tenant == null ? metadata : metadata.withTenant(tenant);
        return traceParent == null ? metadata : metadata.withTraceParent(traceParent);
    }

    private @Nullable UUID id(String name) {
        var id = attributes.remove(name);
        return id == null ? null : UUID.fromString(id);
    }

    private Set<String> tags() {
        var tags = attributes.remove(EventLine.TAGS);
        if (tags == null) {
            return Set.of();
        }
        var read = Set.copyOf(Json.MAPPER.readValue(tags, TEXTS));
        read.forEach(NewEvent::requireValidTag);
        return read;
    }

    private long number(String name) {
        long number = Long.parseLong(take(name));
        if (number < 1) {
            throw new IllegalArgumentException("'" + name + "' is " + number + ": expected 1 or more");
        }
        return number;
    }

    private String take(String name) {
        var value = attributes.remove(name);
        if (value == null) {
            throw new IllegalArgumentException("the attribute '" + name + "' is missing");
        }
        return value;
    }

    /** What stands before the payload; the object is not closed there. */
    private static Map<String, String> attributes(byte[] line, int end) {
        var attributes = HashMap.<String, String>newHashMap(24);
        try (var json = Json.MAPPER.createParser(line, 0, Math.max(end, 0))) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("it is no JSON object");
            }
            int read = 0;
            while (read < end) {
                var name = json.nextName();
                if (name == null || !json.nextToken().isScalarValue()) {
                    throw new IllegalArgumentException("an attribute is neither text nor a number");
                }
                attributes.put(name, json.getString());
                read = (int) json.currentLocation().getByteOffset();
            }
        }
        return attributes;
    }

    private static int indexOfData(byte[] line) {
        byte[] data = EventLine.DATA;
        for (int i = 0; i <= line.length - data.length; i++) {
            if (line[i] == data[0] && Arrays.equals(line, i, i + data.length, data, 0, data.length)) {
                return i;
            }
        }
        return -1;
    }
}
