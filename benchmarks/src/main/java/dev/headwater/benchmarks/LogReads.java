package dev.headwater.benchmarks;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Reads of the whole log, from the first position to the last. */
final class LogReads {

    private static final int PAGE = 2048;

    private LogReads() {}

    /** The limit: a keyset loop over the same table, with pages of the size that Headwater's become. */
    static Measurement raw(String url, Pace pace) throws Exception {
        try (var connection = RawTable.connect(url);
                var select = connection.prepareStatement("SELECT " + RawEvent.COLUMNS
                        + " FROM headwater.events WHERE position > ? ORDER BY position LIMIT " + PAGE)) {
            return Passes.run(pace, () -> rawPass(select));
        }
    }

    private static long rawPass(PreparedStatement select) throws SQLException {
        var sink = new Sink();
        long position = 0;
        long found;
        do {
            found = 0;
            select.setLong(1, position);
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    var event = RawEvent.read(rows);
                    position = event.position();
                    sink.take(event);
                    found++;
                }
            }
        } while (found == PAGE);
        return sink.count();
    }

    /** Headwater: envelopes with typed events. */
    static Measurement headwater(String url, Pace pace) throws Exception {
        try (var headwater = Headwater.open(url)) {
            return Passes.run(pace, () -> {
                var sink = new Sink();
                headwater.store().readLog(0).forEach(event -> sink.take(event.envelope()));
                return sink.count();
            });
        }
    }
}
