package dev.headwater.broker;

import dev.headwater.EncodedMessage;
import dev.headwater.Metadata;
import dev.headwater.broker.spi.OutgoingRecord;
import dev.headwater.broker.spi.RecordHeader;
import dev.headwater.store.Origin;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes messages as CloudEvents in binary mode: the payload is the value of a record, everything else its headers.
 * Thread-safe.
 *
 * @param source the service that tells
 * @param personal whether users and tenants are told, which are personal data
 */
record CloudEventWriter(URI source, boolean personal) {

    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant END_OF_TIME = Instant.parse("+10000-01-01T00:00:00Z");

    /** The record of a message. */
    OutgoingRecord record(Address to, EncodedMessage message, Optional<Origin> origin) {
        var headers = new Headers();
        headers.add(CloudEventAttributes.SPEC_VERSION, "1.0");
        headers.add(CloudEventAttributes.ID, message.id().toString());
        headers.add(CloudEventAttributes.SOURCE, source.toString());
        headers.add(CloudEventAttributes.TYPE, message.type());
        headers.add(CloudEventAttributes.SUBJECT, to.key());
        if (!message.time().isBefore(EARLIEST) && message.time().isBefore(END_OF_TIME)) {
            headers.add(CloudEventAttributes.TIME, message.time().toString());
        }
        headers.plain(CloudEventAttributes.CONTENT_TYPE, CloudEventAttributes.JSON);
        headers.add(CloudEventAttributes.SCHEMA_VERSION, Integer.toString(message.schemaVersion()));
        origin.ifPresent(headers::add);
        addMetadata(headers, message.metadata());
        return new OutgoingRecord(
                to.topic(),
                to.partition(),
                to.key().getBytes(StandardCharsets.UTF_8),
                message.payload(),
                headers.all,
                message.time());
    }

    /**
     * Where a record goes.
     *
     * @param partition the partition of the key
     */
    record Address(String topic, int partition, String key) {}

    private void addMetadata(Headers headers, Metadata metadata) {
        if (metadata.correlationId() != null) {
            headers.add(
                    CloudEventAttributes.CORRELATION, metadata.correlationId().toString());
        }
        if (metadata.causationId() != null) {
            headers.add(CloudEventAttributes.CAUSATION, metadata.causationId().toString());
        }
        var others = new TreeMap<String, String>();
        if (metadata.traceParent() != null
                && headers.addText(CloudEventAttributes.TRACE_PARENT, metadata.traceParent(), others)) {
            // Where instrumentation that knows no CloudEvents looks for it.
            headers.plain(CloudEventAttributes.TRACE_PARENT, metadata.traceParent());
        }
        if (personal) {
            headers.addText(CloudEventAttributes.USER, metadata.user(), others);
            headers.addText(CloudEventAttributes.TENANT, metadata.tenant(), others);
        }
        new TreeMap<>(metadata.attributes()).forEach((name, text) -> {
            if (CloudEventAttributes.NAME.matcher(name).matches() && !CloudEventAttributes.TAKEN.contains(name)) {
                headers.addText(name, text, others);
            } else {
                others.put(name, text);
            }
        });
        if (!others.isEmpty()) {
            headers.add(CloudEventAttributes.METADATA, MAPPER.writeValueAsString(others));
        }
    }

    private static final class Headers {
        private final List<RecordHeader> all = new ArrayList<>();

        void add(String name, String text) {
            plain(CloudEventAttributes.PREFIX + name, text);
        }

        void add(Origin origin) {
            add(CloudEventAttributes.LOG, origin.log());
            add(CloudEventAttributes.POSITION, Long.toString(origin.position()));
            if (origin.part() > 0) {
                add(CloudEventAttributes.PART, Integer.toString(origin.part()));
            }
        }

        void plain(String name, String text) {
            all.add(RecordHeader.of(name, text));
        }

        /** Text that an attribute cannot hold goes to the others; whether it was added. */
        boolean addText(String name, @Nullable String text, Map<String, String> others) {
            if (text == null) {
                return false;
            }
            if (text.isEmpty() || text.chars().anyMatch(Character::isISOControl)) {
                others.put(name, text);
                return false;
            }
            add(name, text);
            return true;
        }
    }
}
