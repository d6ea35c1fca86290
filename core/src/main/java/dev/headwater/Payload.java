package dev.headwater;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON of one message, for those who look at it before it is stored or decoded. It is parsed at most once, when
 * somebody asks, and what was parsed is decoded too. Not thread-safe.
 */
public final class Payload {

    private final byte[] bytes;
    private final JsonMapper mapper;
    private @Nullable JsonNode json;

    private Payload(byte[] bytes, JsonMapper mapper) {
        this.bytes = bytes;
        this.mapper = mapper;
    }

    /**
     * The payload of a message.
     *
     * @param bytes the JSON in UTF-8, not copied
     * @param mapper what parses it
     */
    public static Payload of(byte[] bytes, JsonMapper mapper) {
        return new Payload(bytes, mapper);
    }

    /** The JSON in UTF-8; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * The JSON as a tree, a missing node when there is none; not to be changed.
     *
     * @throws tools.jackson.core.JacksonException when it is not JSON, or beyond the limits of a message
     */
    public JsonNode json() {
        var parsed = json;
        if (parsed == null) {
            parsed = mapper.readTree(bytes);
            json = parsed;
        }
        return parsed;
    }

    /** Whether there is a tree to decode. */
    boolean isParsed() {
        return json != null && !json.isMissingNode();
    }
}
