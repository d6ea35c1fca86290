package dev.headwater.schema.derivation;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.Currency;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsonFormatVisitors.JsonBooleanFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import tools.jackson.databind.jsonFormatVisitors.JsonIntegerFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonNumberFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonStringFormatVisitor;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The schemas of single values. Jackson says whether a value is a string, a number or a boolean; the class narrows that
 * to a range, a format, or a pattern where JSON Schema's format is another one than Java's.
 */
final class Scalars {

    private static final String TIME = "[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?";

    private static final Map<Class<?>, String> FORMATS = Map.of(
            UUID.class, "uuid",
            URI.class, "iri-reference",
            URL.class, "iri",
            Instant.class, "date-time",
            OffsetDateTime.class, "date-time",
            ZonedDateTime.class, "date-time",
            Date.class, "date-time",
            LocalDate.class, "date");

    private static final Map<Class<?>, String> PATTERNS = Map.of(
            LocalTime.class, "^" + TIME + "$",
            OffsetTime.class, "^" + TIME + "(Z|[+-][0-9]{2}:[0-9]{2}(:[0-9]{2})?)$",
            LocalDateTime.class, "^[+-]?[0-9]{4,9}-[0-9]{2}-[0-9]{2}T" + TIME + "$",
            Duration.class, "^[+-]?PT[-+0-9HMS.]+$",
            Period.class, "^[+-]?P[-+0-9YMWD]+$",
            YearMonth.class, "^[+-]?[0-9]{4,9}-[0-9]{2}$",
            MonthDay.class, "^--[0-9]{2}-[0-9]{2}$",
            Currency.class, "^[A-Z]{3}$");

    private Scalars() {}

    /** The schema of what a serializer writes for a class; null when the serializer does not tell. */
    static @Nullable ObjectNode schemaOf(JacksonView jackson, JavaType type, ValueSerializer<?> serializer) {
        var shape = new Shape();
        shape.setContext(jackson.writing());
        serializer.acceptJsonFormatVisitor(shape, type);
        return shape.schema;
    }

    /** Adds what is known of the values of a class, if they are written the way that Jackson does by itself. */
    static void narrow(ObjectNode schema, Class<?> type) {
        switch (schema.path("type").asString("")) {
            case "string" -> narrowString(schema, type);
            case "integer" -> narrowInteger(schema, type);
            case "number" -> narrowNumber(schema, type);
            default -> {}
        }
    }

    private static void narrowString(ObjectNode schema, Class<?> type) {
        if (FORMATS.containsKey(type)) {
            schema.put("format", FORMATS.get(type));
        } else if (PATTERNS.containsKey(type)) {
            schema.put("pattern", PATTERNS.get(type));
        } else if (type == char.class || type == Character.class) {
            schema.put("minLength", 1).put("maxLength", 1);
        }
    }

    private static void narrowInteger(ObjectNode schema, Class<?> type) {
        if (type == byte.class || type == Byte.class) {
            range(schema, Byte.MIN_VALUE, Byte.MAX_VALUE);
        } else if (type == short.class || type == Short.class) {
            range(schema, Short.MIN_VALUE, Short.MAX_VALUE);
        } else if (type == int.class || type == Integer.class || type == AtomicInteger.class) {
            range(schema, Integer.MIN_VALUE, Integer.MAX_VALUE);
        } else if (type == long.class || type == Long.class || type == AtomicLong.class) {
            range(schema, Long.MIN_VALUE, Long.MAX_VALUE);
        }
    }

    private static void range(ObjectNode schema, long least, long greatest) {
        schema.put("minimum", least).put("maximum", greatest);
    }

    /** The formats of the OpenAPI registry: they tell a reader that precision ends somewhere, and validate nothing. */
    private static void narrowNumber(ObjectNode schema, Class<?> type) {
        if (type == float.class || type == Float.class) {
            schema.put("format", "float");
        } else if (type != BigDecimal.class) {
            schema.put("format", "double");
        }
    }

    /** Listens to a serializer that describes itself. */
    private static final class Shape extends JsonFormatVisitorWrapper.Base {

        private @Nullable ObjectNode schema;

        @Override
        public @Nullable JsonStringFormatVisitor expectStringFormat(JavaType type) {
            schema = of("string");
            return null;
        }

        @Override
        public @Nullable JsonNumberFormatVisitor expectNumberFormat(JavaType type) {
            schema = of("number");
            return null;
        }

        @Override
        public @Nullable JsonIntegerFormatVisitor expectIntegerFormat(JavaType type) {
            schema = of("integer");
            return null;
        }

        @Override
        public @Nullable JsonBooleanFormatVisitor expectBooleanFormat(JavaType type) {
            schema = of("boolean");
            return null;
        }

        private static ObjectNode of(String type) {
            return JsonNodeFactory.instance.objectNode().put("type", type);
        }
    }
}
