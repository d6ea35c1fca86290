package dev.headwater.schema.validation;

import static dev.headwater.schema.validation.SchemaValidatorTest.validator;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

/** Schemas and messages that want to take the process down; each is refused, or ends after bounded work. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HostileSchemaTest {

    private static final String TOO_MUCH = "bounded effort";

    @Test
    void aRegularExpressionThatBacktracksWithoutEndEndsAsAViolation() {
        for (var pattern : List.of("^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$")) {
            for (var length : List.of(40, 5_000, 200_000)) {
                var text = (pattern.contains("x") ? "x" : "a").repeat(length) + "!";

                assertThat(validator("{\"pattern\":\"" + pattern + "\"}").validate(json("\"" + text + "\"")))
                        .as(pattern + " " + length)
                        .hasSize(1);
            }
        }
    }

    @Test
    void manyMatchesShareOneBudget() {
        var texts = ("\"" + "x".repeat(18) + "\",").repeat(20_000) + "\"xxy\"";

        requireTooMuch("{\"items\":{\"pattern\":\"(x+x+)+y\"}}", "[" + texts + "]");
    }

    @Test
    void aPatternThatIsNoneOrLongOrDeepIsRefused() {
        requireRefused("{\"pattern\":\"(\"}", "is no regular expression");
        requireRefused("{\"patternProperties\":{\"[\":{}}}", "is no regular expression");
        requireRefused("{\"pattern\":\"" + "a".repeat(1_001) + "\"}", "at most 1000 are allowed");
    }

    @Test
    void aTextThatIsToBeAPatternOrAnAddressCostsLittle() {
        var texts = List.of(
                "a@".repeat(2_000_000) + " ".repeat(1_000_000),
                "a@".repeat(1_000) + " ".repeat(1_000) + "{",
                "https://" + "a".repeat(60) + "{" + "a".repeat(3_000) + "!}",
                "/~".repeat(1_900) + "\u007f");
        for (var format :
                List.of("email", "idn-email", "uri", "hostname", "ipv6", "date-time", "duration", "uri-template")) {
            for (var text : texts) {
                assertThat(validator("{\"format\":\"" + format + "\"}").validate(json("\"" + text + "\"")))
                        .as(format)
                        .hasSize(1);
            }
        }
        requireFits("{\"format\":\"regex\"}", "\"(((a+)+)+)+$\"");
        assertThat(validator("{\"format\":\"regex\"}").validate(json("\"" + "(".repeat(900) + "\"")))
                .hasSize(1);
    }

    @Test
    void aTemplateOfAnAddressIsRecognised() {
        var schema = "{\"format\":\"uri-template\"}";
        requireFits(schema, "\"https://api.example.org/repos/{owner}/{repo}{/sha}{?page,per_page:3,tags*}\"");
        assertThat(validator(schema).validate(json("\"https://example.org/{\"")))
                .hasSize(1);
    }

    @Test
    void aReferenceThatLeadsOutsideOrNowhereIsRefused() {
        for (var reference : List.of(
                "https://example.org/schema.json",
                "file:///etc/passwd",
                "classpath:/draft-07/schema",
                "other.json#/a",
                "#anchor",
                "#/$defs/none",
                "#/$defs/text",
                "#/examples/0",
                "https://json-schema.org/draft/2020-12/schema")) {
            requireRefused(
                    "{\"$ref\":\"" + reference + "\",\"$defs\":{\"text\":\"x\"},\"examples\":[{}]}",
                    "only schemas in the same document");
        }
        requireRefused("{\"$dynamicRef\":\"#x\"}", "uses $dynamicRef");
        requireRefused("{\"properties\":{\"a\":{\"$id\":\"https://example.org/a\"}}}", "has an $id of its own");
        requireRefused("{\"$schema\":\"https://example.org/dialect\"}", "names another dialect");
    }

    @Test
    void aReferenceThatLeadsBackForTheSameValueIsRefused() {
        requireRefused("{\"$ref\":\"#\"}", "refers to itself for the same value");
        requireRefused(
                "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"allOf\":[{\"$ref\":\"#/$defs/b\"}]},"
                        + "\"b\":{\"not\":{\"$ref\":\"#/$defs/a\"}}}}",
                "refers to itself for the same value");
    }

    @Test
    void combinationsThatMultiplyAreRefused() {
        var doubling = IntStream.range(0, 40)
                .mapToObj(i -> "\"d%d\":{\"allOf\":[{\"$ref\":\"#/$defs/d%d\"},{\"$ref\":\"#/$defs/d%d\"}]}"
                        .formatted(i, i + 1, i + 1))
                .collect(Collectors.joining(","));

        requireRefused("{\"$ref\":\"#/$defs/d0\",\"$defs\":{" + doubling + ",\"d40\":{}}}", "multiply");
    }

    @Test
    void aLongChainOfReferencesIsRefused() {
        requireRefused("{\"$ref\":\"#/$defs/d0\",\"$defs\":{" + chain("{\"$ref\":\"#/$defs/d%d\"}") + "}}", "leads on");
        requireRefused(
                "{\"$ref\":\"#/$defs/d0\",\"$defs\":{" + chain("{\"properties\":{\"a\":{\"$ref\":\"#/$defs/d%d\"}}}")
                        + "}}",
                "reference to reference");
    }

    /** Five thousand definitions, each of which leads to the next one. */
    private static String chain(String definition) {
        return IntStream.range(0, 5000)
                        .mapToObj(i -> "\"d" + i + "\":" + definition.formatted(i + 1))
                        .collect(Collectors.joining(","))
                + ",\"d5000\":{}";
    }

    @Test
    void aSchemaThatNestsDeeplyIsRefused() {
        requireRefused("{\"allOf\":[".repeat(120) + "true" + "]}".repeat(120), "nests more than 100");
        requireRefused("{\"items\":".repeat(200) + "true" + "}".repeat(200), "nests more than 100");
    }

    @Test
    void alternativesThatMultiplyOverTheDepthOfAMessageEndAsAViolation() {
        var schema = "{\"anyOf\":[{\"required\":[\"n\"],\"properties\":{\"n\":{\"$ref\":\"#\"}}},"
                + "{\"minProperties\":1,\"properties\":{\"n\":{\"$ref\":\"#\"}}}]}";

        requireTooMuch(schema, "{\"n\":".repeat(100) + "{}" + "}".repeat(100));
    }

    @Test
    void aDeepMessageOfARecursiveSchemaIsValidated() {
        var schema = "{\"type\":\"object\",\"properties\":{\"n\":{\"anyOf\":[{\"$ref\":\"#\"},{\"type\":\"null\"}]}}}";

        assertThat(validator(schema).validate(json("{\"n\":".repeat(190) + "null" + "}".repeat(190))))
                .isEmpty();
    }

    @Test
    void aHugeListOfValuesIsSearchedQuicklyAndAHugerSchemaRefused() {
        var values = IntStream.range(0, 100_000).mapToObj(Integer::toString).collect(Collectors.joining(","));
        var validator = validator("{\"items\":{\"enum\":[" + values + "]}}");

        assertThat(validator.validate(json("[" + values + "]"))).isEmpty();
        assertThat(validator.validate(json("[100000.0]"))).hasSize(1);
        requireRefused("{\"enum\":[" + (values + ",").repeat(2) + "-1]}", "bytes: at most");
    }

    @Test
    void numbersWithHugeExponentsCostNothing() {
        for (var schema :
                List.of("{\"multipleOf\":0.01}", "{\"type\":\"integer\"}", "{\"maximum\":5}", "{\"enum\":[1]}")) {
            for (var number : List.of("1e999999999", "1e-999999999", "-1e99999")) {
                assertThat(validator(schema).validate(json(number)))
                        .as(schema + number)
                        .hasSize(1);
            }
        }
    }

    @Test
    void aMessageThatIsWrongEverywhereCostsLittle() {
        var payload = json("[" + "{\"a\":1},".repeat(300_000) + "{}]");

        assertThat(validator("{\"items\":{\"required\":[\"a\",\"b\",\"c\",\"d\"],\"maxProperties\":0}}")
                        .validate(payload))
                .hasSize(SchemaValidator.MAX_VIOLATIONS);
    }

    @Test
    void whatIsNoSchemaIsRefused() {
        requireRefused("{\"type\":\"text\"}", "$.type");
        requireRefused("{\"properties\":[]}", "$.properties: expected an object, found an array");
        requireRefused("{\"required\":\"a\"}", "$.required: expected an array, found a string");
        requireRefused("{\"minLength\":-1}", "$.minLength: expected at least 0, found a number");
        requireRefused("[]", "$: expected an object or a boolean, found an array");
        requireRefused("{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"text\"}", "$.type");
    }

    private static void requireFits(String schema, String payload) {
        assertThat(validator(schema).validate(json(payload))).isEmpty();
    }

    private static void requireTooMuch(String schema, String payload) {
        assertThat(validator(schema).validate(json(payload)))
                .singleElement()
                .satisfies(violation -> assertThat(violation.expected()).contains(TOO_MUCH));
    }

    private static void requireRefused(String schema, String reason) {
        assertThatThrownBy(() -> new SchemaValidator(JsonMapper.shared().readTree(schema)))
                .as(schema.length() > 200 ? schema.substring(0, 200) : schema)
                .isInstanceOf(InvalidSchemaException.class)
                .hasMessageContaining(reason);
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
