package dev.headwater.postgres.readmodel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What changes in one row of a {@link ReadModelTable}; see {@link ReadModelRows}. */
public final class ReadModelRow {

    /** The most digits of a {@code numeric} before and after its point. */
    private static final int MAX_INTEGER_DIGITS = 131_072;

    private static final int MAX_FRACTION_DIGITS = 16_383;

    /** Types whose own text PostgreSQL reads. */
    private static final Set<Class<?>> AS_THEY_ARE = Set.of(
            String.class,
            Character.class,
            Boolean.class,
            Float.class,
            Double.class,
            UUID.class,
            Instant.class,
            OffsetDateTime.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            Duration.class);

    private final TableLayout layout;
    private final Step[] steps;
    /** Null, a number or a text for each column. */
    private final @Nullable Object[] values;

    ReadModelRow(TableLayout layout) {
        this.layout = layout;
        this.steps = new Step[layout.columns().size()];
        Arrays.fill(steps, Step.KEEP);
        this.values = new @Nullable Object[steps.length];
    }

    /** What happens to a column. */
    enum Step {
        KEEP,
        SET,
        ADD
    }

    /**
     * Sets a column; the last value of a page wins.
     *
     * @param value null, a string, number, boolean, enum constant (its name), UUID, byte array, or a value of
     *     {@code java.time}; JSON as a string
     */
    public ReadModelRow set(String column, @Nullable Object value) {
        int place = layout.place(column);
        values[place] = value == null ? null : storable(column, value);
        steps[place] = Step.SET;
        return this;
    }

    /** Adds to a column, where NULL and a row that is missing count as zero. */
    public ReadModelRow add(String column, long amount) {
        return add(column, BigDecimal.valueOf(amount));
    }

    /** Adds to a column, where NULL and a row that is missing count as zero. */
    public ReadModelRow add(String column, BigDecimal amount) {
        int place = layout.place(column);
        var sum = number(column, values[place]).add(requireStorable(column, amount));
        values[place] = sum;
        if (steps[place] == Step.KEEP) {
            steps[place] = Step.ADD;
        }
        return this;
    }

    /** What happens to each column; equal for rows that the same statement can write. */
    List<Step> steps() {
        return List.of(steps);
    }

    /** The text of a column's value. */
    @Nullable
    String text(int place) {
        var value = values[place];
        return value instanceof BigDecimal number ? number.toPlainString() : (String) value;
    }

    private static Object storable(String column, Object value) {
        return switch (value) {
            case BigDecimal number -> requireStorable(column, number);
            case BigInteger number -> requireStorable(column, new BigDecimal(number));
            case Long number -> BigDecimal.valueOf(number);
            case Integer number -> BigDecimal.valueOf(number);
            case Short number -> BigDecimal.valueOf(number);
            case Byte number -> BigDecimal.valueOf(number);
            case Enum<?> constant -> constant.name();
            case byte[] bytes -> "\\x" + HexFormat.of().formatHex(bytes);
            case ZonedDateTime time -> time.toOffsetDateTime().toString();
            default -> {
                if (!AS_THEY_ARE.contains(value.getClass())) {
                    throw new IllegalArgumentException(
                            "A " + value.getClass().getName() + " cannot be stored in the column " + column
                                    + ": convert it to a string, a number, a boolean, a UUID, bytes or a time");
                }
                yield value.toString();
            }
        };
    }

    private static BigDecimal number(String column, @Nullable Object value) {
        return switch (value) {
            case null -> BigDecimal.ZERO;
            case BigDecimal number -> number;
            default -> {
                try {
                    yield requireStorable(column, new BigDecimal((String) value));
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException("The column " + column
                            + " was set to something that is no number, and cannot be added to: set a number");
                }
            }
        };
    }

    /** A number with an enormous exponent would become an enormous text. */
    private static BigDecimal requireStorable(String column, BigDecimal number) {
        if ((long) number.precision() - number.scale() > MAX_INTEGER_DIGITS || number.scale() > MAX_FRACTION_DIGITS) {
            throw new IllegalArgumentException("A number for the column " + column + " has too many digits: expected up"
                    + " to " + MAX_INTEGER_DIGITS + " before its point and " + MAX_FRACTION_DIGITS + " after it");
        }
        return number;
    }
}
