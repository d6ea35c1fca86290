package dev.headwater.export;

import dev.headwater.Metadata;
import dev.headwater.store.spi.EncodedEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Writes an event as a line: a CloudEvent in structured mode, the same bytes for the same event.
 *
 * <p>The payload stands at the end, as it is stored; one that is no JSON, or has line breaks, stands there in Base64.
 * What CloudEvents have no type for is text: positions and versions, because their integers have 32 bits; tags and free
 * metadata, as JSON, because they know no lists and no maps.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md">JSON Event Format
 *     for CloudEvents</a>
 */
final class EventLine {

    static final String POSITION = "position";
    static final String STREAM_VERSION = "streamversion";
    static final String SCHEMA_VERSION = "schemaversion";
    static final String CORRELATION = "correlationid";
    static final String CAUSATION = "causationid";
    static final String USER = "user";
    static final String TENANT = "tenant";
    static final String TRACE_PARENT = "traceparent";
    static final String TAGS = "tags";
    static final String METADATA = "metadata";

    /** A time whose year does not have the four digits of RFC 3339. */
    static final String DISTANT_TIME = "distanttime";

    static final byte[] DATA = ",\"data\":".getBytes(StandardCharsets.UTF_8);
    static final String DATA_BASE64 = "data_base64";
    static final byte[] END = "}\n".getBytes(StandardCharsets.UTF_8);

    private static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant END_OF_TIME = Instant.parse("+10000-01-01T00:00:00Z");

    private final Selection selection;

    EventLine(Selection selection) {
        this.selection = selection;
    }

    /** The line, with its line break. */
    byte[] write(EncodedEvent event) {
        var payload = event.message().payload();
        boolean embedded = Json.isEmbeddable(payload);
        var line = new ByteArrayOutputStream(512 + payload.length);
        try (var json = Json.MAPPER.createGenerator(line)) {
            json.writeStartObject();
            writeAttributes(json, event);
            if (!embedded) {
                json.writeStringProperty(DATA_BASE64, Base64.getEncoder().encodeToString(payload));
            }
        }
        if (embedded) {
            line.writeBytes(DATA);
            line.writeBytes(payload);
        }
        line.writeBytes(END);
        if (line.size() > Json.MAX_LINE_BYTES) {
            throw new IllegalStateException("The event at position " + event.position() + " takes a line of "
                    + line.size() + " bytes: at most " + Json.MAX_LINE_BYTES + " can be exported");
        }
        return line.toByteArray();
    }

    private void writeAttributes(JsonGenerator json, EncodedEvent event) {
        var message = event.message();
        json.writeStringProperty("specversion", "1.0");
        json.writeStringProperty("id", message.id().toString());
        json.writeStringProperty("source", selection.source().toString());
        json.writeStringProperty("type", message.type());
        json.writeStringProperty("subject", event.stream().name());
        json.writeStringProperty(timeAttribute(message.time()), message.time().toString());
        json.writeStringProperty("datacontenttype", "application/json");
        json.writeStringProperty(POSITION, Long.toString(event.position()));
        json.writeStringProperty(STREAM_VERSION, Long.toString(event.version()));
        json.writeNumberProperty(SCHEMA_VERSION, message.schemaVersion());
        writeMetadata(json, message.metadata());
        if (!event.tags().isEmpty()) {
            json.writeStringProperty(TAGS, Json.MAPPER.writeValueAsString(new TreeSet<>(event.tags())));
        }
    }

    private static String timeAttribute(Instant time) {
        return time.isBefore(EARLIEST) || !time.isBefore(END_OF_TIME) ? DISTANT_TIME : "time";
    }

    private static void writeMetadata(JsonGenerator json, Metadata metadata) {
        if (metadata.correlationId() != null) {
            json.writeStringProperty(CORRELATION, metadata.correlationId().toString());
        }
        if (metadata.causationId() != null) {
            json.writeStringProperty(CAUSATION, metadata.causationId().toString());
        }
        var others = new TreeMap<>(metadata.attributes());
        writeText(json, USER, metadata.user(), others);
        writeText(json, TENANT, metadata.tenant(), others);
        writeText(json, TRACE_PARENT, metadata.traceParent(), others);
        if (!others.isEmpty()) {
            json.writeStringProperty(METADATA, Json.MAPPER.writeValueAsString(others));
        }
    }

    /** Text that an attribute cannot hold goes to the others. */
    private static void writeText(JsonGenerator json, String name, @Nullable String text, Map<String, String> others) {
        if (text == null) {
            return;
        }
        if (text.isEmpty() || text.chars().anyMatch(Character::isISOControl)) {
            others.put(name, text);
        } else {
            json.writeStringProperty(name, text);
        }
    }
}
