package dev.headwater.schema.validation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * What Headwater asks of a schema beyond being one: that it is all in one piece, and that a value cannot be made to be
 * looked at without end.
 */
final class SchemaRules {

    static final String DRAFT_2020_12 = "https://json-schema.org/draft/2020-12/schema";
    static final String DRAFT_7 = "http://json-schema.org/draft-07/schema";

    private static final int MAX_PROBLEMS = 20;
    private static final int MAX_DEPTH = 100;

    /** How many schemas, counted through references, may look at one and the same value. */
    private static final long MAX_SCHEMAS_PER_VALUE = 10_000;

    private static final List<String> REFUSED =
            List.of("$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "$anchor", "$vocabulary");

    private final JsonNode document;
    private final List<String> problems = new ArrayList<>();
    private final Set<JsonPointer> places = new HashSet<>();
    private final Map<JsonPointer, JsonNode> references = new LinkedHashMap<>();
    private final SchemasPerValue effort;

    private SchemaRules(JsonNode document) {
        this.document = document;
        this.effort = new SchemasPerValue(document);
    }

    /** The rules that a schema breaks, one sentence each. */
    static List<String> problems(JsonNode document) {
        var rules = new SchemaRules(document);
        rules.checkDraft();
        rules.check(JsonPointer.empty(), document, 0);
        rules.references.forEach(rules::checkReference);
        if (rules.problems.isEmpty()) {
            rules.checkEffort(JsonPointer.empty(), document);
        }
        return rules.problems.stream().limit(MAX_PROBLEMS).toList();
    }

    /** The dialect that a schema is written in, without the empty fragment that some put behind it. */
    static String dialect(JsonNode document) {
        var declared = document.path("$schema").asString(DRAFT_2020_12);
        return declared.endsWith("#") ? declared.substring(0, declared.length() - 1) : declared;
    }

    private void checkDraft() {
        if (!Set.of(DRAFT_2020_12, DRAFT_7).contains(dialect(document))) {
            problems.add("#/$schema names another dialect than " + DRAFT_2020_12 + " or " + DRAFT_7);
        }
    }

    private void check(JsonPointer place, JsonNode schema, int depth) {
        if (depth > MAX_DEPTH) {
            problems.add("#" + place + " nests more than " + MAX_DEPTH + " schemas");
            return;
        }
        if (problems.size() >= MAX_PROBLEMS) {
            return;
        }
        for (var keyword : REFUSED) {
            if (schema.has(keyword)) {
                problems.add(
                        "#" + place + " uses " + keyword + ": only $ref to a place in the same schema is supported");
            }
        }
        if (depth > 0 && schema.has("$id")) {
            problems.add("#" + place + " has an $id of its own: take it out, a schema is one piece");
        }
        places.add(place);
        if (schema.has("$ref")) {
            references.put(place, schema);
        }
        checkPatterns(place, schema);
        SchemaPositions.forEach(place, schema, (child, found) -> check(child, found, depth + 1));
    }

    private void checkReference(JsonPointer place, JsonNode schema) {
        var target = SchemasPerValue.target(document, schema);
        if (target == null || !places.contains(target)) {
            problems.add("#" + place + " refers to '" + schema.get("$ref").asString("")
                    + "': only schemas in the same document can be referred to, as in #/$defs/name, and nothing is"
                    + " fetched");
        }
    }

    private void checkPatterns(JsonPointer place, JsonNode schema) {
        var pattern = schema.get("pattern");
        if (pattern != null && pattern.isString()) {
            checkPattern(place.appendProperty("pattern"), pattern.asString());
        }
        schema.path("patternProperties")
                .forEachEntry((regex, child) -> checkPattern(place.appendProperty("patternProperties"), regex));
    }

    private void checkPattern(JsonPointer place, String regex) {
        var problem = RegexBudget.problem(regex);
        if (problem != null) {
            problems.add("#" + place + " " + problem);
        }
    }

    /** Nobody can make one value be looked at without end, nor by more schemas than anybody writes. */
    private void checkEffort(JsonPointer place, JsonNode schema) {
        if (problems.isEmpty() && effort.of(place, schema) > MAX_SCHEMAS_PER_VALUE) {
            problems.add("#" + place + " lets more than " + MAX_SCHEMAS_PER_VALUE + " schemas look at one value,"
                    + " leads on more than " + SchemasPerValue.MAX_CHAIN + " times, or refers to itself for the same"
                    + " value: allOf, anyOf, oneOf and $ref multiply");
        }
        SchemaPositions.forEach(place, schema, this::checkEffort);
    }
}
