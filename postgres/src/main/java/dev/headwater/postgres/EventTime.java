package dev.headwater.postgres;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;

/** Business times in PostgreSQL, which counts microseconds; what is below stands in a column of its own. */
final class EventTime {

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
    static Instant nearestStorable(Instant time) {
        if (time.isBefore(EARLIEST)) {
            return EARLIEST;
        }
        return time.isAfter(END) ? END : time;
    }

    static Instant of(OffsetDateTime time, int nanos) {
        return Instant.ofEpochSecond(time.toEpochSecond(), time.getNano() + nanos);
    }

    static OffsetDateTime toMicros(Instant time) {
        return time.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }

    static int nanosBelowMicros(Instant time) {
        return time.get(ChronoField.NANO_OF_SECOND) % 1000;
    }
}
