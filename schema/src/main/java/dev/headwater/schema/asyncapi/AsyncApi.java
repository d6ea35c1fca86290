package dev.headwater.schema.asyncapi;

import dev.headwater.MessageSerializer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An AsyncAPI 3.1 document of a service: its topics with their bindings to Kafka, its messages with the JSON Schemas of
 * their headers and payloads in every version, and what it sends, receives and answers.
 *
 * <p>Committed, it is the contract with the others: {@link #compatible} tells in the build of either side whether they
 * still understand each other. The same service gives the same text. Immutable and thread-safe.
 *
 * @see <a href="https://www.asyncapi.com/docs/reference/specification/v3.1.0">AsyncAPI 3.1.0</a>
 */
public final class AsyncApi {

    private static final JsonMapper MAPPER = MessageSerializer.defaultMapper().build();

    private final ObjectNode document;

    private AsyncApi(ObjectNode document) {
        this.document = document;
    }

    /**
     * The document of a service.
     *
     * @throws IllegalArgumentException when a type is not registered or has no schema
     */
    public static AsyncApi of(ServiceMessages service) {
        return new AsyncApi(new DocumentWriter(service).document());
    }

    /**
     * Reads a document that was written by {@link #write}.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static AsyncApi read(Path file) throws IOException {
        try {
            if (MAPPER.readTree(Files.readString(file)) instanceof ObjectNode document
                    && document.path("asyncapi").asString("").startsWith("3.")) {
                return new AsyncApi(document);
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException(file + " is no JSON: expected an AsyncAPI 3 document", e);
        }
        throw new IllegalArgumentException(file + " is no AsyncAPI 3 document in JSON");
    }

    /** The document as JSON; a copy. */
    public ObjectNode json() {
        return document.deepCopy();
    }

    /** The document as text, which ends with a line break. */
    public String text() {
        return document.toPrettyString() + "\n";
    }

    /** Writes the document to a file. */
    public void write(Path file) throws IOException {
        Files.writeString(file, text(), StandardCharsets.UTF_8);
    }

    /** The name of the service. */
    public String service() {
        return document.path("info").path("title").asString("");
    }

    /**
     * Whether a service understands what another one sends: each message that the one sends to a topic and the other
     * receives from it has to be readable by the other, in every version that may be there, by the rules of
     * {@link dev.headwater.schema.compatibility.Compatibility}. Messages that the receiver does not want concern
     * nobody.
     *
     * @return what does not fit; empty when they understand each other
     */
    public static List<Misfit> compatible(AsyncApi sender, AsyncApi receiver) {
        return new Fit(sender.document, receiver.document).misfits();
    }
}
