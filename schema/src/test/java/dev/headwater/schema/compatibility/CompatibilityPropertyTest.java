package dev.headwater.schema.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.schema.validation.InvalidSchemaException;
import dev.headwater.schema.validation.SchemaValidator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Holds the verdicts against the validator, for schemas and documents drawn at random from fixed seeds. */
class CompatibilityPropertyTest {

    private static final int PAIRS = 1_000;
    private static final int DOCUMENTS = 30;

    /** How often a verdict was that two schemas get along, and how many documents that was held against. */
    private int compatible;

    private int documents;

    @Test
    void whatWasWrittenUnderABackwardCompatibleSchemaIsValidUnderTheNewOne() {
        for (long seed = 0; seed < PAIRS; seed++) {
            var draw = new DrawnSchemas(seed);
            var earlier = draw.schema();
            var later = draw.changed(earlier);
            requireReadable(Compatibility.BACKWARD, seed, draw, earlier, later);
        }
        requireMeaning();
    }

    @Test
    void whatIsWrittenUnderAForwardCompatibleSchemaIsValidUnderTheOldOne() {
        for (long seed = 100_000; seed < 100_000 + PAIRS; seed++) {
            var draw = new DrawnSchemas(seed);
            var later = draw.schema();
            var earlier = draw.changed(later);
            requireReadable(Compatibility.FORWARD, seed, draw, later, earlier);
        }
        requireMeaning();
    }

    private void requireMeaning() {
        assertThat(compatible).as("pairs that get along").isBetween(PAIRS / 10, PAIRS * 9 / 10);
        assertThat(documents).as("documents that were written").isGreaterThan(PAIRS);
    }

    private void requireReadable(
            Compatibility mode, long seed, DrawnSchemas draw, ObjectNode writer, ObjectNode reader) {
        var differences =
                mode == Compatibility.BACKWARD ? mode.differences(writer, reader) : mode.differences(reader, writer);
        var writing = validator(writer);
        var closed = validator(closed(writer));
        var reading = validator(reader);
        if (!differences.isEmpty()
                || writer.equals(reader)
                || writing.isEmpty()
                || closed.isEmpty()
                || reading.isEmpty()) {
            return;
        }
        compatible++;
        for (int i = 0; i < DOCUMENTS; i++) {
            var document = draw.document(writer, writer, 6);
            if (writing.get().validate(document).isEmpty()
                    && closed.get().validate(document).isEmpty()) {
                documents++;
                assertThat(reading.get().validate(document))
                        .as("seed %d: %s written under %s, read under %s", seed, document, writer, reader)
                        .isEmpty();
            }
        }
    }

    /** The schema as its writers take it: what it does not declare is not there. */
    private static ObjectNode closed(ObjectNode schema) {
        var closed = schema.deepCopy();
        close(closed);
        return closed;
    }

    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            object.put("unevaluatedProperties", false);
            for (var keyword : List.of("properties", "$defs", "anyOf", "oneOf")) {
                schema.path(keyword).forEach(CompatibilityPropertyTest::close);
            }
            close(schema.path("items"));
            close(schema.path("additionalProperties"));
            for (var part : schema.path("allOf")) {
                close(part);
                part.asObjectOpt().ifPresent(open -> open.remove("unevaluatedProperties"));
            }
        }
    }

    /** Some drawn schemas are none, as they refer to themselves. */
    private static Optional<SchemaValidator> validator(JsonNode schema) {
        try {
            return Optional.of(new SchemaValidator(schema));
        } catch (InvalidSchemaException e) {
            return Optional.empty();
        }
    }
}
