package dev.headwater.benchmarks;

import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * A log that is too large to be appended for a measurement: the server makes it up, 100 events for each stream, all of
 * one type. Every third event has one tag, every thousandth of the others another one, so no event has both.
 */
final class LargeLog {

    static final String FREQUENT = "third:yes";
    static final String RARE = "thousandth:yes";

    /** The step in the life of an order whose event all of them are. */
    static final int STEP = 0;

    static final int EVENTS_EACH = 100;

    private static final String STREAMS = """
            INSERT INTO headwater.streams (id, name) SELECT n, 'large-' || n FROM generate_series(1, ?) AS n""";

    private static final String EVENTS = """
            INSERT INTO headwater.events (position, stream_id, version, time, id, schema_version, data_bytes, time_nanos,
                type, stream, tags, data)
            SELECT n, (n - 1) / ? + 1, (n - 1) %% ? + 1, now(), gen_random_uuid(), ?, ?, 0, ?, 'large-' || (n - 1) / ? + 1,
                CASE WHEN n %% 3 = 0 THEN ARRAY['%1$s'] WHEN n %% 1000 = 1 THEN ARRAY['%2$s'] END, ?::json
            FROM generate_series(1::bigint, ?) AS n""".formatted(FREQUENT, RARE);

    private static final String TAGS = """
            INSERT INTO headwater.event_tags (tag, position)
            SELECT tag, position FROM headwater.events CROSS JOIN unnest(tags) AS tag""";

    private LargeLog() {}

    /** Fills the empty log of a database. */
    static void fill(String url, SampleEvents samples, long events) throws SQLException {
        Headwater.open(url).close();
        var sample = samples.at(STEP, 0);
        try (var connection = DriverManager.getConnection(url);
                var streams = connection.prepareStatement(STREAMS);
                var log = connection.prepareStatement(EVENTS);
                var tags = connection.prepareStatement(TAGS)) {
            streams.setLong(1, (events + EVENTS_EACH - 1) / EVENTS_EACH);
            streams.executeUpdate();
            log.setInt(1, EVENTS_EACH);
            log.setInt(2, EVENTS_EACH);
            log.setInt(3, sample.schemaVersion());
            log.setInt(4, sample.jsonBytes());
            log.setString(5, sample.type());
            log.setInt(6, EVENTS_EACH);
            log.setString(7, sample.json());
            log.setLong(8, events);
            log.executeUpdate();
            tags.executeUpdate();
        }
        Fill.vacuum(url);
    }
}
