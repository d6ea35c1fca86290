package dev.headwater.schema.lock;

import tools.jackson.databind.JsonNode;

/** How many binary digits of a number a schema keeps. */
final class Precision {

    private static final int FLOAT = Float.PRECISION;
    private static final int DOUBLE = Double.PRECISION;
    private static final int EXACT = Integer.MAX_VALUE;

    private Precision() {}

    /** Whether numbers of the earlier schema are rounded when they are read by the later one. */
    static boolean isLost(JsonNode earlier, JsonNode later) {
        return kept(later) < needed(earlier);
    }

    private static int kept(JsonNode schema) {
        return switch (schema.path("format").asString("")) {
            case "float" -> FLOAT;
            case "double" -> DOUBLE;
            default -> EXACT;
        };
    }

    private static int needed(JsonNode schema) {
        var greatest = schema.path("maximum");
        return greatest.isIntegralNumber() ? greatest.bigIntegerValue().bitLength() : kept(schema);
    }
}
