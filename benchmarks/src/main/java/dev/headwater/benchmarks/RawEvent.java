package dev.headwater.benchmarks;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of the log as plain JDBC gives it: every column as a Java value, the JSON as text. */
record RawEvent(
        long position,
        String stream,
        long version,
        UUID id,
        String type,
        int schemaVersion,
        Instant time,
        @Nullable UUID correlationId,
        @Nullable UUID causationId,
        @Nullable String tags,
        @Nullable String metadata,
        String data) {

    /** The columns in the order in which {@link #read} takes them. */
    static final String COLUMNS =
            "position, stream, version, id, type, schema_version, time, time_nanos, correlation_id, causation_id,"
                    + " tags, metadata, data";

    static RawEvent read(ResultSet row) throws SQLException {
        return new RawEvent(
                row.getLong(1),
                row.getString(2),
                row.getLong(3),
                row.getObject(4, UUID.class),
                row.getString(5),
                row.getInt(6),
                row.getObject(7, OffsetDateTime.class).toInstant().plusNanos(row.getInt(8)),
                row.getObject(9, UUID.class),
                row.getObject(10, UUID.class),
                row.getString(11),
                row.getString(12),
                row.getString(13));
    }
}
