package dev.headwater.schema.internal;

import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** JSON in sentences for people: short, whatever it is. */
public final class JsonWords {

    private static final int SHOWN_VALUES = 5;
    private static final int SHOWN_LENGTH = 40;

    private JsonWords() {}

    /** The name of a JSON type with its article. */
    public static String type(String name) {
        return switch (name) {
            case "null" -> name;
            case "object", "array", "integer" -> "an " + name;
            default -> "a " + name;
        };
    }

    /** The type of a value with its article. */
    public static String typeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case NULL -> "null";
            case BOOLEAN -> "a boolean";
            case NUMBER -> "a number";
            case STRING -> "a string";
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            default -> "nothing";
        };
    }

    /** The first few of some values of a schema. */
    public static String values(List<JsonNode> values) {
        var shown = values.stream().limit(SHOWN_VALUES).map(JsonWords::value).collect(Collectors.joining(", "));
        return values.size() > SHOWN_VALUES ? shown + " and " + (values.size() - SHOWN_VALUES) + " more" : shown;
    }

    /** A value of a schema. */
    public static String value(JsonNode value) {
        return shorten(value.toString(), SHOWN_LENGTH);
    }

    /** The beginning of a text. */
    public static String shorten(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
        return text.substring(0, end) + "…";
    }
}
