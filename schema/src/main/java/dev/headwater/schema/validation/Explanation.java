package dev.headwater.schema.validation;

import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import dev.headwater.schema.internal.JsonWords;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Puts an error of the validator into our own words, which quote the schema and never the message. */
final class Explanation {

    private static final int MAX_PATH = 200;
    private static final int MAX_EXPECTED = 200;

    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$-]*");

    private Explanation() {}

    static Violation of(Error error) {
        var path = path(error.getInstanceLocation());
        var value = error.getInstanceNode();
        var property = error.getProperty();
        boolean isAbsent =
                "required".equals(error.getKeyword()) || error.getKeyword().startsWith("depend");
        if (property != null) {
            path += step(property);
            value = isAbsent || value == null ? null : value.get(property);
        }
        return new Violation(
                JsonWords.shorten(path, MAX_PATH),
                JsonWords.shorten(expected(error.getKeyword(), error.getSchemaNode()), MAX_EXPECTED),
                value == null ? "nothing" : JsonWords.typeOf(value));
    }

    private static String expected(String keyword, @Nullable JsonNode demand) {
        if (demand == null) {
            return "what '" + keyword + "' asks for";
        }
        return switch (keyword) {
            case "type" -> types(demand);
            case "required", "dependentRequired", "dependencies" -> "a value";
            case "const" -> JsonWords.value(demand);
            case "enum" ->
                (demand.size() == 1 ? "" : "one of ")
                        + JsonWords.values(demand.valueStream().toList());
            case "additionalProperties", "unevaluatedProperties", "false" -> "nothing";
            case "format" -> "the format " + JsonWords.value(demand);
            case "pattern" -> "a text that matches " + JsonWords.value(demand);
            case "minimum" -> "at least " + JsonWords.value(demand);
            case "maximum" -> "at most " + JsonWords.value(demand);
            case "exclusiveMinimum" -> "more than " + JsonWords.value(demand);
            case "exclusiveMaximum" -> "less than " + JsonWords.value(demand);
            case "multipleOf" -> "a multiple of " + JsonWords.value(demand);
            case "minLength" -> "at least " + JsonWords.value(demand) + " characters";
            case "maxLength" -> "at most " + JsonWords.value(demand) + " characters";
            case "minItems" -> "at least " + JsonWords.value(demand) + " items";
            case "maxItems" -> "at most " + JsonWords.value(demand) + " items";
            case "minProperties" -> "at least " + JsonWords.value(demand) + " properties";
            case "maxProperties" -> "at most " + JsonWords.value(demand) + " properties";
            case "uniqueItems" -> "no item twice";
            case "anyOf" -> "one of " + demand.size() + " alternatives";
            case "oneOf" -> "exactly one of " + demand.size() + " alternatives";
            default -> "what '" + keyword + "' asks for";
        };
    }

    private static String types(JsonNode demand) {
        var names = demand.isArray() ? demand.valueStream().toList() : List.of(demand);
        return names.stream().map(name -> JsonWords.type(name.asString(""))).collect(Collectors.joining(" or "));
    }

    private static String path(NodePath location) {
        var path = new StringBuilder("$");
        for (int i = 0; i < location.getNameCount() && path.length() <= MAX_PATH; i++) {
            path.append(step(location.getElement(i)));
        }
        return path.toString();
    }

    private static String step(Object element) {
        if (element instanceof Integer) {
            return "[" + element + "]";
        }
        var name = JsonWords.shorten(element.toString(), MAX_PATH);
        return PLAIN_NAME.matcher(name).matches() ? "." + name : "['" + name + "']";
    }
}
