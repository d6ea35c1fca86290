package dev.headwater.schema.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SchemaValidatorTest {

    private static final String ORDER = """
            {"type":"object","required":["id","items"],
             "properties":{
               "id":{"type":"string","format":"uuid"},
               "state":{"enum":["open","paid"]},
               "placedAt":{"type":"string","format":"date-time"},
               "items":{"type":"array","minItems":1,"items":{"$ref":"#/$defs/item"}}},
             "$defs":{"item":{"type":"object","required":["price"],"additionalProperties":false,
               "properties":{"price":{"type":["number","null"],"minimum":0},"sku":{"type":"string","maxLength":3}}}}}""";

    @Test
    void aMessageThatFitsHasNoViolations() {
        requireViolations(ORDER, """
                {"id":"01890a5d-ac96-774b-bcce-b302099a8057","state":"paid","placedAt":"2026-02-28T12:34:56.123456789Z",
                 "items":[{"price":1.10,"sku":"a"},{"price":null}],"unknown":1}""");
    }

    @Test
    void everyPlaceThatDoesNotFitIsNamedWithExpectedAndFound() {
        requireViolations(
                ORDER,
                """
                {"state":"secret","placedAt":"yesterday",
                 "items":[{"price":"1"},{"sku":"abcd"},{"price":-1,"a b":true}]}""",
                "$.id: expected a value, found nothing",
                "$.state: expected one of \"open\", \"paid\", found a string",
                "$.placedAt: expected the format \"date-time\", found a string",
                "$.items[0].price: expected a number or null, found a string",
                "$.items[1].price: expected a value, found nothing",
                "$.items[1].sku: expected at most 3 characters, found a string",
                "$.items[2].price: expected at least 0, found a number",
                "$.items[2]['a b']: expected nothing, found a boolean");
    }

    @Test
    void ofSeveralAlternativesTheOneThatWasMeantIsExplained() {
        var shapes = """
                {"oneOf":[
                  {"type":"object","required":["kind","r"],"properties":{"kind":{"const":"circle"},"r":{"type":"number"}}},
                  {"type":"object","required":["kind","a","b"],
                   "properties":{"kind":{"const":"box"},"a":{"type":"number"},"b":{"type":"number"}}},
                  {"type":"null"}]}""";

        requireViolations(
                shapes,
                "{\"kind\":\"box\",\"r\":1}",
                "$.a: expected a value, found nothing",
                "$.b: expected a value, found nothing");
        requireViolations(shapes, "{\"kind\":\"ball\",\"r\":1}", "$.kind: expected \"circle\", found a string");
        requireViolations(
                "{\"oneOf\":[{\"minimum\":1},{\"maximum\":5}]}",
                "3",
                "$: expected exactly one of 2 alternatives, found a number");
    }

    @Test
    void idsHaveTheirShape() {
        var id = validator("{\"format\":\"uuid\"}");
        for (var shaped : List.of(
                "01890a5d-ac96-774b-bcce-b302099a8057",
                "01890A5D-AC96-774B-BCCE-B302099A8057",
                "00000000-0000-0000-0000-000000000000")) {
            assertThat(id.validate(json("\"" + shaped + "\""))).as(shaped).isEmpty();
        }
        for (var other : List.of(
                "",
                "01890a5dac96774bbcceb302099a8057",
                "01890a5d-ac96-774b-bcce-b302099a805",
                "01890a5d-ac96-774b-bcce-b302099a80577",
                "01890a5d-ac96-774b-bccexb302099a8057",
                "01890a5d-ac96-774b-bcce-b302099a805g",
                "{1890a5d-ac96-774b-bcce-b302099a805}",
                "01890a5d-ac96-774b-bcce-b302099a805\u0665")) {
            assertThat(id.validate(json("\"" + other + "\""))).as(other).hasSize(1);
        }
    }

    @Test
    void whatIsReportedIsBounded() {
        var schema = "{\"items\":{\"additionalProperties\":false}}";
        var name = "x".repeat(40_000);
        var payload = "[" + ("{\"" + name + "\":1},").repeat(50) + "{}]";

        var violations = validator(schema).validate(payload.getBytes(StandardCharsets.UTF_8));

        assertThat(violations).hasSize(SchemaValidator.MAX_VIOLATIONS);
        assertThat(violations)
                .allSatisfy(violation -> assertThat(violation.path()).hasSizeLessThan(210));
    }

    @Test
    void nothingOfAMessageIsQuoted() {
        var schema =
                "{\"const\":1,\"type\":\"number\",\"format\":\"date\",\"pattern\":\"^a$\",\"enum\":[2],\"maxLength\":1}";

        assertThat(validator(schema).validate(json("\"secret\"")))
                .hasSizeGreaterThan(3)
                .allSatisfy(violation -> assertThat(violation.toString()).doesNotContain("secret"));
    }

    @Test
    void whatIsNoJsonDoesNotFit() {
        for (var broken : List.of("", "{", "{}x", "[".repeat(300) + "]".repeat(300), "1".repeat(2_000))) {
            assertThat(validator("true").validate(json(broken))).as(broken).hasSize(1);
        }
    }

    @Test
    void aSchemaOfDraft7SaysSo() {
        var schema = "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"items\":[{\"type\":\"string\"}],"
                + "\"additionalItems\":false}";

        requireViolations(schema, "[\"a\"]");
        requireViolations(schema, "[1]", "$[0]: expected a string, found a number");
    }

    static void requireViolations(String schema, String payload, String... violations) {
        assertThat(validator(schema).validate(json(payload)))
                .extracting(Violation::toString)
                .containsExactlyInAnyOrder(violations);
    }

    static SchemaValidator validator(String schema) {
        return new SchemaValidator(JsonMapper.shared().readTree(schema));
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
