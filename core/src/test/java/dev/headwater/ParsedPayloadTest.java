package dev.headwater;

import java.util.List;

/** All that a serializer promises, with a check that parses every payload, so that its tree is decoded. */
class ParsedPayloadTest extends MessageSerializerTest {

    private static final class Parsing implements PayloadCheck {

        @Override
        public List<String> beforeWriting(String type, int schemaVersion, Payload payload) {
            return afterReading(type, schemaVersion, payload);
        }

        @Override
        public List<String> afterReading(String type, int schemaVersion, Payload payload) {
            return payload.json().isMissingNode() ? List.of("missing") : List.of();
        }
    }

    @Override
    PayloadCheck check() {
        return new Parsing();
    }
}
