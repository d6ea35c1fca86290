package dev.headwater.schema.derivation;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes random records, with a liking for extreme values, out of a seeded source. */
final class RandomValues {

    private static final String ALPHABET = "aZ0 \"\\\n\té漢😀\u0000\u2028";

    private final Random random;
    private final Map<Class<?>, Function<Random, Object>> scalars = scalars();

    RandomValues(long seed) {
        this.random = new Random(seed);
    }

    <R> R record(Class<R> type) {
        return type.cast(record(type, Map.of(), 0));
    }

    private Object record(Class<?> type, Map<String, Type> variables, int depth) {
        try {
            var components = type.getRecordComponents();
            var constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(Arrays.stream(components)
                    .map(component -> component(component, variables, depth + 1))
                    .toArray());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type + " cannot be made", e);
        }
    }

    private @Nullable Object component(RecordComponent component, Map<String, Type> variables, int depth) {
        boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        return nullable && (depth > 3 || random.nextBoolean())
                ? null
                : value(component.getGenericType(), variables, depth);
    }

    private Object value(Type type, Map<String, Type> variables, int depth) {
        return switch (type) {
            case TypeVariable<?> variable -> value(variables.get(variable.getName()), variables, depth);
            case GenericArrayType array -> throw new AssertionError("not needed: " + array);
            case ParameterizedType generic -> generic(generic, variables, depth);
            case Class<?> plain -> plain(plain, depth);
            default -> throw new AssertionError("not needed: " + type);
        };
    }

    private Object generic(ParameterizedType type, Map<String, Type> variables, int depth) {
        var raw = (Class<?>) type.getRawType();
        var arguments = type.getActualTypeArguments();
        if (raw == Map.class) {
            var map = new HashMap<Object, Object>();
            many(depth)
                    .forEach(i -> map.put(
                            value(arguments[0], variables, depth + 1), value(arguments[1], variables, depth + 1)));
            return map;
        }
        if (raw == Optional.class) {
            return random.nextBoolean() ? Optional.empty() : Optional.of(value(arguments[0], variables, depth));
        }
        if (raw.isRecord()) {
            var names = raw.getTypeParameters();
            var bound = new HashMap<String, Type>();
            for (int i = 0; i < names.length; i++) {
                bound.put(names[i].getName(), arguments[i]);
            }
            return record(raw, bound, depth);
        }
        var elements = new ArrayList<Object>();
        many(depth).forEach(i -> elements.add(value(arguments[0], variables, depth + 1)));
        return raw == Set.class ? new HashSet<>(elements) : elements;
    }

    private IntStream many(int depth) {
        return IntStream.range(0, depth > 4 ? 0 : random.nextInt(4));
    }

    private Object plain(Class<?> type, int depth) {
        if (type.isRecord()) {
            return record(type, Map.of(), depth);
        }
        if (type.isSealed() && type.isInterface()) {
            var permitted = type.getPermittedSubclasses();
            return record(permitted[random.nextInt(permitted.length)], Map.of(), depth);
        }
        if (type.isEnum()) {
            var constants = type.getEnumConstants();
            return constants[random.nextInt(constants.length)];
        }
        if (type.isArray()) {
            int length = random.nextInt(4);
            var array = Array.newInstance(type.getComponentType(), length);
            for (int i = 0; i < length; i++) {
                Array.set(array, i, value(type.getComponentType(), Map.of(), depth + 1));
            }
            return array;
        }
        var scalar = scalars.get(type);
        if (scalar == null) {
            throw new AssertionError("no values for " + type);
        }
        return scalar.apply(random);
    }

    @SafeVarargs
    private static <T> T oneOf(Random random, T... values) {
        return values[random.nextInt(values.length)];
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        var points = ALPHABET.codePoints().toArray();
        for (int length = random.nextInt(8); length > 0; length--) {
            text.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return text.toString();
    }

    /** The formats of JSON Schema know years of four digits. */
    private static LocalDateTime dateTime(Random random) {
        return LocalDateTime.of(
                        oneOf(random, 1, 1969, 2026, 9999), 1 + random.nextInt(12), 1 + random.nextInt(28), 0, 0)
                .plusNanos(oneOf(random, 0L, 1L, 86_399_999_999_999L, random.nextLong(86_400_000_000_000L)));
    }

    private static Map<Class<?>, Function<Random, Object>> scalars() {
        var makers = new HashMap<Class<?>, Function<Random, Object>>();
        makers.put(boolean.class, Random::nextBoolean);
        makers.put(byte.class, r -> oneOf(r, Byte.MIN_VALUE, Byte.MAX_VALUE, (byte) r.nextInt()));
        makers.put(short.class, r -> oneOf(r, Short.MIN_VALUE, Short.MAX_VALUE, (short) r.nextInt()));
        makers.put(int.class, r -> oneOf(r, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, r.nextInt()));
        makers.put(Integer.class, makers.get(int.class));
        makers.put(long.class, r -> oneOf(r, Long.MIN_VALUE, Long.MAX_VALUE, 0L, r.nextLong()));
        makers.put(float.class, r -> oneOf(r, Float.MIN_VALUE, -Float.MAX_VALUE, 0.1f, r.nextFloat()));
        makers.put(double.class, r -> oneOf(r, Double.MIN_VALUE, -Double.MAX_VALUE, 0.1, -0.0, r.nextDouble()));
        makers.put(
                BigInteger.class,
                r -> oneOf(r, BigInteger.TEN.pow(900).negate(), BigInteger.ZERO, new BigInteger(90, r)));
        makers.put(
                BigDecimal.class,
                r -> oneOf(
                        r,
                        new BigDecimal("1.00"),
                        new BigDecimal("1E+50"),
                        new BigDecimal("-1E-50"),
                        new BigDecimal(new BigInteger(90, r), r.nextInt(40))));
        makers.put(String.class, RandomValues::text);
        makers.put(char.class, r -> oneOf(r, 'a', '"', '漢', '\u0000'));
        makers.put(UUID.class, r -> new UUID(r.nextLong(), r.nextLong()));
        makers.put(
                URI.class, r -> URI.create(oneOf(r, "", "#a", "../x?y=%20", "urn:isbn:1", "https://h.example:80/ä/漢")));
        makers.put(Locale.class, r -> oneOf(r, Locale.ROOT, Locale.GERMANY, Locale.forLanguageTag("zh-Hant-TW")));
        makers.put(Currency.class, r -> Currency.getInstance(oneOf(r, "EUR", "JPY", "XXX")));
        makers.put(Instant.class, r -> dateTime(r).toInstant(ZoneOffset.UTC));
        makers.put(LocalDate.class, r -> dateTime(r).toLocalDate());
        makers.put(LocalTime.class, r -> dateTime(r).toLocalTime());
        makers.put(LocalDateTime.class, RandomValues::dateTime);
        makers.put(ZoneOffset.class, r -> ZoneOffset.ofTotalSeconds(60 * (r.nextInt(2 * 60) - 60)));
        makers.put(ZoneId.class, r -> oneOf(r, ZoneId.of("Europe/Paris"), ZoneId.of("UTC"), ZoneOffset.ofHours(3)));
        // Jackson reads these in UTC: the same moment, another offset.
        makers.put(OffsetDateTime.class, r -> dateTime(r).atOffset(ZoneOffset.UTC));
        makers.put(OffsetTime.class, r -> dateTime(r).toLocalTime().atOffset(offset(r)));
        makers.put(ZonedDateTime.class, r -> dateTime(r).atZone(ZoneId.of("UTC")));
        makers.put(
                Duration.class,
                r -> oneOf(
                        r,
                        Duration.ZERO,
                        Duration.ofNanos(-1),
                        Duration.ofSeconds(Long.MIN_VALUE),
                        Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                        Duration.ofNanos(r.nextLong())));
        makers.put(
                Period.class, r -> oneOf(r, Period.ZERO, Period.of(-1, 2, -3), Period.ofWeeks(r.nextInt(1_000_000))));
        makers.put(Year.class, r -> Year.of(oneOf(r, Year.MIN_VALUE, 0, 2026, Year.MAX_VALUE)));
        makers.put(YearMonth.class, r -> YearMonth.of(oneOf(r, -4, 0, 2026, 12345), 1 + r.nextInt(12)));
        makers.put(MonthDay.class, r -> MonthDay.of(2, 29));
        makers.put(OptionalInt.class, r -> r.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(r.nextInt()));
        makers.put(OptionalLong.class, r -> r.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(r.nextLong()));
        makers.put(
                OptionalDouble.class,
                r -> r.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(r.nextDouble()));
        return makers;
    }

    private static ZoneOffset offset(Random random) {
        return ZoneOffset.ofHoursMinutes(oneOf(random, 0, 13, 5), oneOf(random, 0, 30));
    }

    static List<Long> seeds(int count) {
        return new Random(20_261_125).longs(count).boxed().toList();
    }
}
