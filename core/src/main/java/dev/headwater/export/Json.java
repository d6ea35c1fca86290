package dev.headwater.export;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/** The JSON of the lines. */
final class Json {

    /** The longest line: room for the largest payload in Base64, with everything else that an event can have. */
    static final int MAX_LINE_BYTES = 32 * 1024 * 1024;

    private static final int MAX_NESTING = 1_000;
    private static final int FIRST_PRINTABLE = ' ';

    /** Leaves objects open, so that a payload can be put in as it is. */
    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_NESTING)
                            .maxStringLength(MAX_LINE_BYTES)
                            .maxNumberLength(MAX_LINE_BYTES)
                            .maxNameLength(MAX_LINE_BYTES)
                            .build())
                    .build())
            .build();

    private Json() {}

    /** Whether a payload is one JSON value that can stand in a line as it is, byte for byte. */
    static boolean isEmbeddable(byte[] payload) {
        for (byte b : payload) {
            if (b >= 0 && b < FIRST_PRINTABLE && b != '\t') {
                return false;
            }
        }
        if (payload.length == 0 || payload[0] == (byte) 0xEF) { // a byte order mark, which parsers skip
            return false;
        }
        try (var parser = MAPPER.createParser(payload)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            JsonToken more = parser.nextToken();
            return more == null;
        } catch (JacksonException e) {
            return false;
        }
    }
}
