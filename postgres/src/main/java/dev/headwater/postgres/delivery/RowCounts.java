package dev.headwater.postgres.delivery;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a transaction has written to each table, as the server counts it, perhaps with what the one before it did. */
record RowCounts(Map<String, Counts> tables) {

    private static final String READ = """
            SELECT relid::regclass::text, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables
            WHERE n_tup_ins + n_tup_upd + n_tup_del > 0""";

    /** The rows of one table. */
    record Counts(long inserted, long updated, long deleted) {

        private static final Counts NONE = new Counts(0, 0, 0);

        private Counts since(Counts before) {
            return new Counts(inserted - before.inserted, updated - before.updated, deleted - before.deleted);
        }

        private String text() {
            var parts = new ArrayList<String>();
            addTo(parts, inserted, "inserted");
            addTo(parts, updated, "updated");
            addTo(parts, deleted, "deleted");
            return String.join(", ", parts);
        }

        private static void addTo(List<String> parts, long number, String what) {
            if (number > 0) {
                parts.add(number + " " + what);
            }
        }
    }

    static RowCounts read(Connection connection) throws SQLException {
        var tables = new TreeMap<String, Counts>();
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(READ)) {
            while (row.next()) {
                tables.put(row.getString(1), new Counts(row.getLong(2), row.getLong(3), row.getLong(4)));
            }
        }
        return new RowCounts(tables);
    }

    /** One line for each table that was written since then. */
    List<String> since(RowCounts before) {
        var changes = new ArrayList<String>();
        tables.forEach((table, counts) -> {
            var change =
                    counts.since(before.tables.getOrDefault(table, Counts.NONE)).text();
            if (!change.isEmpty()) {
                changes.add(table + ": " + change);
            }
        });
        return changes;
    }
}
