package dev.headwater.benchmarks;

import dev.headwater.UuidV7;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** The limit for appends of many events: one COPY on one connection, which commits once, at its end. */
record RawCopy(SampleEvents samples) implements Trial {

    private static final String COPY = "COPY raw.events (" + RawTable.COLUMNS + ") FROM STDIN";
    private static final int BUFFER = 64 * 1024;

    @Override
    public Measurement run(String url, Pace pace) throws Exception {
        try (var connection = RawTable.connect(url)) {
            long stream = RawTable.lastStream(connection);
            long rows = copy(connection, stream, pace.rampUp());
            long start = System.nanoTime();
            rows = copy(connection, stream + rows, pace.window());
            return Measurement.of(rows, System.nanoTime() - start, new long[0]);
        }
    }

    /** Copies for the time given, then commits; returns the number of rows. */
    private long copy(Connection connection, long lastStream, Duration time) throws SQLException, IOException {
        var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
        long end = System.nanoTime() + time.toNanos();
        long stream = lastStream;
        var lines = new StringBuilder(2 * BUFFER);
        do {
            lines.setLength(0);
            while (lines.length() < BUFFER) {
                appendOrder(lines, ++stream);
            }
            write(copy, lines);
        } while (System.nanoTime() < end);
        copy.endCopy();
        return (stream - lastStream) * SampleEvents.STEPS;
    }

    private static void write(CopyIn copy, StringBuilder lines) throws SQLException {
        var bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
        copy.writeToCopy(bytes, 0, bytes.length);
    }

    /** The JSON of the samples holds no backslash, which would have to be doubled here. */
    private void appendOrder(StringBuilder lines, long stream) {
        var name = "order-" + OpenOrders.newId();
        for (int step = 0; step < SampleEvents.STEPS; step++) {
            var sample = samples.at(step, (int) stream);
            var time = OffsetDateTime.now(ZoneOffset.UTC);
            lines.append(stream)
                    .append('\t')
                    .append(step + 1)
                    .append('\t')
                    .append(time)
                    .append('\t');
            lines.append(UuidV7.next())
                    .append('\t')
                    .append(sample.schemaVersion())
                    .append('\t');
            lines.append(sample.jsonBytes())
                    .append('\t')
                    .append(time.getNano() % 1000)
                    .append('\t');
            lines.append(sample.type())
                    .append('\t')
                    .append(name)
                    .append('\t')
                    .append(sample.json())
                    .append('\n');
        }
    }
}
