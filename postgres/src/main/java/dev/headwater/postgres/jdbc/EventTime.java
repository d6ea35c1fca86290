package dev.headwater.postgres.jdbc;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;

/** Business times in PostgreSQL, which counts microseconds; what is below stands in a column of its own. */
public final class EventTime {

    /** Years that both sides count alike; PostgreSQL begins with 4713 BC. */
    private static final Instant EARLIEST = Instant.parse("-4000-01-01T00:00:00Z");

    private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

    private EventTime() {}

    /** Refuses a time that the database could not give back exactly. */
    static void requireStorable(Instant time) {
        if (time.isBefore(EARLIEST) || !time.isBefore(END)) {
            throw new IllegalArgumentException(
                    "The time " + time + " cannot be stored: expected " + EARLIEST + " or later, and before " + END);
        }
    }

    /** A time that compares with every stored one as the given time does. */
    public static Instant nearestStorable(Instant time) {
        if (time.isBefore(EARLIEST)) {
            return EARLIEST;
        }
        return time.isAfter(END) ? END : time;
    }

    /** The time that was stored as microseconds and the nanoseconds below them. */
    public static Instant of(OffsetDateTime time, int nanos) {
        return Instant.ofEpochSecond(time.toEpochSecond(), time.getNano() + nanos);
    }

    /** What a column of PostgreSQL holds of a time: its microseconds. */
    public static OffsetDateTime toMicros(Instant time) {
        return time.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }

    /** What {@link #toMicros} leaves out, from 0 to 999. */
    public static int nanosBelowMicros(Instant time) {
        return time.get(ChronoField.NANO_OF_SECOND) % 1000;
    }
}
