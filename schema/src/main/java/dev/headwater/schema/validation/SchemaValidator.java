package dev.headwater.schema.validation;

import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.Schema;
import com.networknt.schema.ValidationLimitExceededException;
import dev.headwater.MessageSerializer;
import dev.headwater.Payload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON Schema made ready to check messages, in draft 2020-12 or, where {@code $schema} says so, draft 7.
 *
 * <p>Formats such as {@code date-time} are demanded, not only noted. Nothing is ever fetched. Neither a schema nor a
 * payload from outside can make validation explode: schemas are bounded in size and depth, and a validation that takes
 * more steps than its payload warrants, or whose regular expressions backtrack without end, ends as a violation.
 * Thread-safe; made once for a schema and kept.
 */
public final class SchemaValidator {

    /** The largest schema, in bytes of UTF-8. */
    public static final int MAX_SCHEMA_BYTES = 1024 * 1024;

    /** The most violations that are reported for one message. */
    public static final int MAX_VIOLATIONS = 25;

    private static final int MAX_EVALUATION_DEPTH = 2_000;
    private static final long LEAST_STEPS = 500_000;
    private static final long STEPS_PER_BYTE = 50;

    /** More than this cannot be computed with in reasonable time; the digits of a number are bounded by the mapper. */
    private static final int MAX_EXPONENT = 5_000;

    private static final JsonMapper MAPPER = MessageSerializer.defaultMapper().build();

    private final Schema schema;

    /**
     * Checks and compiles a schema.
     *
     * @throws InvalidSchemaException when it cannot be used; the message names every reason
     */
    public SchemaValidator(JsonNode schema) {
        this(SchemaCompiler.compile(schema.deepCopy()));
    }

    SchemaValidator(Schema compiled) {
        this.schema = compiled;
    }

    /** The places where a payload does not fit the schema, at most {@value #MAX_VIOLATIONS}; none when it fits. */
    public List<Violation> validate(byte[] payload) {
        try {
            return validate(Payload.of(payload, MAPPER));
        } catch (JacksonException e) {
            return List.of(new Violation("$", "JSON within the limits of a message", "something else"));
        }
    }

    /**
     * The places where a payload does not fit the schema, as in {@link #validate(byte[])}.
     *
     * @throws JacksonException when it cannot be parsed
     */
    public List<Violation> validate(Payload payload) {
        var json = payload.json();
        return json.isMissingNode()
                ? List.of(new Violation("$", "JSON", "nothing"))
                : validate(json, payload.bytes().length);
    }

    /** The places where a value does not fit the schema, as in {@link #validate(byte[])}. */
    public List<Violation> validate(JsonNode json) {
        return validate(json, json.toString().getBytes(StandardCharsets.UTF_8).length);
    }

    private List<Violation> validate(JsonNode json, int bytes) {
        if (hasHugeNumber(json)) {
            return List.of(new Violation(
                    "$", "numbers with an exponent of at most " + MAX_EXPONENT, "a number that is larger or finer"));
        }
        var context = new BoundedContext(ExecutionConfig.builder()
                .formatAssertionsEnabled(true)
                .maxEvaluationDepth(MAX_EVALUATION_DEPTH)
                .maxEvaluationSteps(LEAST_STEPS + STEPS_PER_BYTE * bytes)
                .build());
        SchemaCompiler.REGEX.begin(bytes);
        try {
            schema.validate(context, json);
            var errors = context.getErrors();
            return errors.isEmpty() ? List.of() : Violations.of(errors);
        } catch (ValidationLimitExceededException | RegexBudget.ExhaustedException | StackOverflowError e) {
            return List.of(new Violation("$", "a message that can be validated with bounded effort", "more than that"));
        } finally {
            SchemaCompiler.REGEX.end();
        }
    }

    private static boolean hasHugeNumber(JsonNode json) {
        if (!json.isContainer()) {
            return json.isBigDecimal() && Math.abs((long) json.decimalValue().scale()) > MAX_EXPONENT;
        }
        for (var child : json) {
            if (hasHugeNumber(child)) {
                return true;
            }
        }
        return false;
    }
}
