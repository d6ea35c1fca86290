package dev.headwater.schema.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.schema.MessageSchema;
import dev.headwater.schema.compatibility.Compatibility.KnownUpcasters;
import dev.headwater.schema.compatibility.Difference.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class CompatibilityTest {

    private static final String ONE = "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}";

    @Test
    void aSchemaIsCompatibleWithItself() {
        for (var schema : List.of(
                ONE,
                "true",
                "{}",
                "{\"not\":{\"const\":1}}",
                "{\"oneOf\":[{\"minimum\":1},{\"maximum\":5}]}",
                "{\"properties\":{\"child\":{\"$ref\":\"#\"}},\"patternProperties\":{\"^x\":{\"type\":\"null\"}}}")) {
            assertThat(Compatibility.FULL.differences(json(schema), json(schema)))
                    .as(schema)
                    .isEmpty();
        }
    }

    @Test
    void aNewOptionalPropertyBreaksNobody() {
        requireFull(ONE, with(ONE, "b", "{\"type\":\"integer\"}"));
    }

    @Test
    void aPropertyThatBecomesRequiredBreaksBackward() {
        requireBackward(
                ONE,
                required(ONE, "a"),
                "$.a: 'a' was optional and is now required: events written before may lack it");
        requireForward(ONE, required(ONE, "a"));
    }

    @Test
    void aNewRequiredPropertyBreaksBackward() {
        var later = required(with(ONE, "total", "{\"type\":\"number\"}"), "total");

        requireBackward(ONE, later, "$.total: 'total' is new and required: events written before lack it");
    }

    @Test
    void aRequiredPropertyThatIsGoneBreaksForward() {
        var earlier = required(with(ONE, "total", "{\"type\":\"number\"}"), "total");

        requireBackward(earlier, ONE);
        requireForward(
                earlier,
                ONE,
                "$.total: 'total' was required and is gone: code of the earlier version still requires it");
        requireForward(
                earlier,
                with(ONE, "total", "{\"type\":\"number\"}"),
                "$.total: 'total' was required and is now optional: code of the earlier version still requires it");
    }

    @Test
    void anotherTypeBreaksBothWays() {
        var later = "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\"}}}";

        requireBackward(ONE, later, "$.a: 'a' must now be a number: events written before may hold a string");
        requireForward(
                ONE,
                later,
                "$.a: for code of the earlier version 'a' must be a string: events written from now on may hold a"
                        + " number");
    }

    @Test
    void aWholeNumberMayBecomeAnyNumber() {
        requireBackward("{\"type\":\"integer\"}", "{\"type\":\"number\"}");
        requireBackward(
                "{\"type\":\"number\"}",
                "{\"type\":\"integer\"}",
                "$: the message must now be an integer: events written before may hold a number");
    }

    @Test
    void nullIsOneOfSeveralTypes() {
        requireBackward("{\"type\":\"string\"}", "{\"type\":[\"string\",\"null\"]}");
        requireBackward("{\"type\":[\"string\",\"null\"]}", "{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"string\"}]}");
        requireBackward(
                "{\"type\":[\"string\",\"null\"]}",
                "{\"type\":\"string\"}",
                "$: the message must now be a string: events written before may hold null");
    }

    @Test
    void aListedValueMayComeAndNotGo() {
        var two = "{\"enum\":[\"a\",\"b\"]}";
        var three = "{\"enum\":[\"a\",\"b\",\"c\"]}";

        requireBackward(two, three);
        requireBackward("{\"const\":\"a\"}", two);
        requireBackward(
                three, two, "$: the message must now be one of \"a\", \"b\": events written before may hold \"c\"");
        requireBackward(
                "{\"type\":\"string\"}",
                "{\"const\":\"a\"}",
                "$: the message must now be \"a\": events written before may hold any other string that was allowed");
    }

    @Test
    void numbersAreEqualWhateverTheirScale() {
        requireFull("{\"enum\":[1,2.50]}", "{\"enum\":[2.5,1.0]}");
    }

    @Test
    void boundsMayWidenAndNotNarrow() {
        requireBackward("{\"type\":\"number\",\"minimum\":2}", "{\"type\":\"number\",\"exclusiveMinimum\":1}");
        requireBackward("{\"type\":\"number\",\"exclusiveMaximum\":2}", "{\"type\":\"number\",\"maximum\":2}");
        requireBackward(
                "{\"type\":\"number\",\"minimum\":2}",
                "{\"type\":\"number\",\"exclusiveMinimum\":2}",
                "$: the message must now be more than 2: events written before may hold less");
        requireBackward(
                "{\"type\":\"string\"}",
                "{\"type\":\"string\",\"maxLength\":3}",
                "$: the message must now have at most 3 characters: events written before may have more");
        requireBackward("{\"enum\":[\"abc\",\"\"]}", "{\"type\":\"string\",\"maxLength\":3}");
        requireBackward(
                "{\"type\":\"array\"}",
                "{\"type\":\"array\",\"minItems\":1}",
                "$: the message must now have at least 1 items: events written before may have fewer");
    }

    @Test
    void patternsAndFormatsMayGoAndNotChange() {
        requireBackward("{\"type\":\"string\",\"pattern\":\"a\",\"format\":\"date\"}", "{\"type\":\"string\"}");
        requireKinds(
                "{\"type\":\"string\",\"pattern\":\"a\",\"format\":\"date\"}",
                "{\"type\":\"string\",\"pattern\":\"b\",\"format\":\"date-time\"}",
                Kind.PATTERN,
                Kind.FORMAT);
    }

    @Test
    void itemsAndReferencesAreFollowed() {
        var earlier = """
                {"type":"object","properties":{"items":{"type":"array","items":{"$ref":"#/$defs/item"}}},
                 "$defs":{"item":{"type":"object","properties":{"price":{"type":"string"}}}}}""";
        var later = """
                {"type":"object","properties":{"items":{"type":"array","items":{
                 "type":"object","properties":{"price":{"type":"integer"}}}}}}""";

        requireBackward(
                earlier,
                later,
                "$.items[*].price: 'items[*].price' must now be an integer: events written before may hold a string");
    }

    @Test
    void whatStandsBesideAReferenceCountsExceptInDraft7() {
        var earlier =
                "{\"$schema\":\"DRAFT\",\"properties\":{\"a\":{\"$ref\":\"#/definitions/any\",\"type\":\"string\"}},"
                        + "\"type\":\"object\",\"definitions\":{\"any\":{\"type\":[\"string\",\"null\"]}}}";

        requireKinds(earlier.replace("DRAFT", "https://json-schema.org/draft/2020-12/schema"), ONE);
        requireKinds(earlier.replace("DRAFT", "http://json-schema.org/draft-07/schema#"), ONE, Kind.TYPE);
    }

    @Test
    void recursiveSchemasAreCompared() {
        var earlier = "{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#\"},\"n\":{\"type\":\"integer\"}}}";
        var wider = earlier.replace("integer", "number");

        requireBackward(earlier, wider);
        requireBackward(wider, earlier, "$.n: 'n' must now be an integer: events written before may hold a number");
    }

    @Test
    void variantsAreToldApartByAListedValue() {
        var circle =
                "{\"type\":\"object\",\"required\":[\"kind\",\"r\"],\"properties\":{\"kind\":{\"const\":\"circle\"},"
                        + "\"r\":{\"type\":\"number\"}}}";
        var square = circle.replace("circle", "square").replace("\"r\"", "\"side\"");
        var one = "{\"oneOf\":[" + circle + "]}";
        var two = "{\"oneOf\":[" + circle + "," + square + "]}";

        requireBackward(one, two);
        requireBackward(
                two,
                one,
                "$: the message must now fit one of its 1 alternatives: events written before may hold an object whose"
                        + " 'kind' is \"square\", which fits none");
        requireBackward(
                two,
                two.replace("\"side\":{\"type\":\"number\"}", "\"side\":{\"type\":\"string\"}"),
                "$.side: 'side' must now be a string: events written before may hold a number");
    }

    @Test
    void variantsThatOverlapAreNotJudged() {
        requireKinds(
                "{\"type\":\"integer\",\"minimum\":1}",
                "{\"oneOf\":[{\"minimum\":1},{\"maximum\":5}]}",
                Kind.NOT_JUDGED);
    }

    @Test
    void whatASchemaSaysAboutAdditionalPropertiesIsTakenAtItsWord() {
        var open = "{\"type\":\"object\",\"additionalProperties\":true}";
        var closed = "{\"type\":\"object\",\"additionalProperties\":false}";
        var texts = "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}";

        requireBackward(closed, texts);
        requireBackward(texts, open);
        requireBackward(ONE, closed, "$.a: 'a' must now be absent: events written before may hold it");
        requireBackward(texts, closed, "$.*: '*' must now be absent: events written before may hold it");
        requireKinds(open, texts, Kind.TYPE);
        requireKinds(open, ONE, Kind.TYPE);
    }

    @Test
    void whatIsNotComparedIsADifference() {
        requireKinds(ONE, "{\"type\":\"object\",\"patternProperties\":{\"^a\":{}}}", Kind.NOT_JUDGED);
        requireKinds(ONE, "{\"not\":{\"required\":[\"b\"]}}", Kind.NOT_JUDGED);
        requireKinds(ONE, "{\"$ref\":\"https://example.org/schema\"}", Kind.NOT_JUDGED);
        requireKinds(ONE, "{\"$ref\":\"#/$defs/none\"}", Kind.NOT_JUDGED);
        requireKinds("{\"$ref\":\"#\"}", ONE, Kind.NOT_JUDGED);
        requireKinds(ONE, "{\"$ref\":\"#\"}", Kind.NOT_JUDGED);
        requireKinds(ONE, "{\"type\":{},\"required\":[1]}", Kind.NOT_JUDGED);
    }

    @Test
    void theModeSaysWhichVersionsAreCompared() {
        var first = schema(1, "{\"type\":\"string\"}");
        var second = schema(2, "true");
        var third = schema(3, "{\"type\":\"integer\"}");
        var others = List.of(first, second);

        assertThat(Compatibility.NONE.differences(third, others, KnownUpcasters.NONE))
                .isEmpty();
        assertThat(Compatibility.BACKWARD.differences(third, others, KnownUpcasters.NONE))
                .containsOnlyKeys(2);
        assertThat(Compatibility.BACKWARD_TRANSITIVE.differences(third, others, KnownUpcasters.NONE))
                .containsOnlyKeys(1, 2);
        assertThat(Compatibility.FORWARD.differences(third, others, KnownUpcasters.NONE))
                .isEmpty();
        assertThat(Compatibility.FORWARD_TRANSITIVE.differences(third, others, KnownUpcasters.NONE))
                .containsOnlyKeys(1);
        assertThat(Compatibility.FULL_TRANSITIVE.differences(second, List.of(first, third), KnownUpcasters.NONE))
                .containsOnlyKeys(1, 3);
    }

    @Test
    void anUpcasterStandsInForTheBackwardDirectionOnly() {
        var first = schema(1, "{\"type\":\"string\"}");
        var second = schema(2, "{\"type\":\"integer\"}");
        KnownUpcasters upcasters = (type, from) -> type.equals("order.placed") && from == 1;

        assertThat(Compatibility.DEFAULT.differences(second, List.of(first), upcasters))
                .isEmpty();
        assertThat(Compatibility.FULL
                        .differences(second, List.of(first), upcasters)
                        .get(1))
                .extracting(Difference::direction)
                .containsExactly(Direction.FORWARD);
    }

    @Test
    void aComparisonThatWouldTakeForEverIsNotJudged() {
        var doubling = new StringBuilder("{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
        for (int i = 0; i < 60; i++) {
            var next = "{\"$ref\":\"#/$defs/d" + (i + 1) + "\"}";
            doubling.append("\"d%d\":{\"anyOf\":[%s,%s,{\"const\":%d}]},".formatted(i, next, next, i));
        }
        doubling.append("\"d60\":{\"type\":\"object\"}}}");

        requireKinds(doubling.toString(), doubling + " ".repeat(1), new Kind[0]);
        requireKinds(
                doubling.toString(),
                doubling.toString().replace("\"type\":", "\"minProperties\":1,\"type\":"),
                Kind.NOT_JUDGED);
    }

    private static void requireFull(String earlier, String later) {
        assertThat(Compatibility.FULL.differences(json(earlier), json(later))).isEmpty();
    }

    private static void requireBackward(String earlier, String later, String... differences) {
        assertThat(Compatibility.BACKWARD.differences(json(earlier), json(later)))
                .extracting(Difference::toString)
                .containsExactlyInAnyOrder(differences);
    }

    private static void requireForward(String earlier, String later, String... differences) {
        assertThat(Compatibility.FORWARD.differences(json(earlier), json(later)))
                .extracting(Difference::toString)
                .containsExactlyInAnyOrder(differences);
    }

    private static void requireKinds(String earlier, String later, Kind... kinds) {
        assertThat(Compatibility.BACKWARD.differences(json(earlier), json(later)))
                .extracting(Difference::kind)
                .containsExactlyInAnyOrder(kinds);
    }

    private static String with(String schema, String property, String itsSchema) {
        var node = (ObjectNode) json(schema);
        ((ObjectNode) node.get("properties")).set(property, json(itsSchema));
        return node.toString();
    }

    private static String required(String schema, String property) {
        var node = (ObjectNode) json(schema);
        node.putArray("required").add(property);
        return node.toString();
    }

    private static MessageSchema schema(int version, String schema) {
        var parsed = json(schema);
        var node = parsed.isObject() ? (ObjectNode) parsed : JsonMapper.shared().createObjectNode();
        return new MessageSchema("order.placed", version, node);
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
