package dev.headwater.broker;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the parts of a message are called when it travels as a CloudEvent. In the headers of a record each name stands
 * behind {@value #PREFIX}.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">Kafka
 *     Protocol Binding for CloudEvents</a>
 */
final class CloudEventAttributes {

    static final String PREFIX = "ce_";
    static final String CONTENT_TYPE = "content-type";
    static final String JSON = "application/json";
    static final String STRUCTURED = "application/cloudevents+json";
    static final String BATCH = "application/cloudevents-batch+json";

    static final String SPEC_VERSION = "specversion";
    static final String ID = "id";
    static final String SOURCE = "source";
    static final String TYPE = "type";
    static final String SUBJECT = "subject";
    static final String TIME = "time";
    static final String DATA_CONTENT_TYPE = "datacontenttype";
    static final String DATA_SCHEMA = "dataschema";
    static final String DATA = "data";
    static final String DATA_BASE64 = "data_base64";
    static final String PARTITION_KEY = "partitionkey";
    static final String SCHEMA_VERSION = "schemaversion";
    static final String POSITION = "position";
    static final String PART = "part";
    static final String LOG = "log";
    static final String STREAM_VERSION = "streamversion";
    static final String CORRELATION = "correlationid";
    static final String CAUSATION = "causationid";
    static final String TRACE_PARENT = "traceparent";
    static final String USER = "user";
    static final String TENANT = "tenant";
    static final String METADATA = "metadata";

    /** Of a command: the topic where its outcome goes. */
    static final String REPLY_TO = "replyto";

    /** Of a command: from when on it is not carried out any more. */
    static final String EXPIRY_TIME = "expirytime";

    /** Of a command that is sent directly: another one each time, so that no broker takes it for the same record. */
    static final String SENDING = "sending";

    /** An id that is no UUID stays under this name. */
    static final String ORIGINAL_ID = "originalid";

    /** Names that metadata of the application's own cannot have as attributes. */
    static final Set<String> TAKEN = Set.of(
            SPEC_VERSION,
            ID,
            SOURCE,
            TYPE,
            SUBJECT,
            TIME,
            DATA_CONTENT_TYPE,
            DATA_SCHEMA,
            DATA,
            PARTITION_KEY,
            SCHEMA_VERSION,
            POSITION,
            PART,
            LOG,
            STREAM_VERSION,
            CORRELATION,
            CAUSATION,
            TRACE_PARENT,
            USER,
            TENANT,
            METADATA);

    static final Pattern NAME = Pattern.compile("[a-z0-9]{1,20}");

    private CloudEventAttributes() {}
}
