package dev.headwater.postgres.migration;

import dev.headwater.postgres.jdbc.Schema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is there of a schema.
 *
 * @param hasSchema whether the schema exists
 * @param hasTable whether it has a table of migrations
 * @param hasBounds whether that table says who can use the schema after each of them
 * @param isReadable whether the role may read the table; true when there is none
 * @param applied the migrations that were applied, by version; empty when they cannot be read
 */
record SchemaState(
        boolean hasSchema,
        boolean hasTable,
        boolean hasBounds,
        boolean isReadable,
        SortedMap<Integer, Applied> applied) {

    private static final String APPLIED = """
            SELECT version, name, checksum, (to_jsonb(m) ->> 'usable_from')::int FROM {schema}.migrations m""";

    /**
     * A migration that was applied.
     *
     * @param usableFrom how many scripts code must know to use the schema after it; null when that was not recorded
     */
    record Applied(String name, String checksum, @Nullable Integer usableFrom) {}

    static SchemaState read(Connection connection, Schema schema) throws SQLException {
        var find = """
                SELECT c.oid IS NOT NULL,
                    EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'usable_from'),
                    has_schema_privilege(n.oid, 'USAGE') AND (c.oid IS NULL OR has_table_privilege(c.oid, 'SELECT'))
                FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'migrations'
                WHERE n.nspname = '%s'""".formatted(schema.name());
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(find)) {
            if (!row.next()) {
                return new SchemaState(false, false, false, true, new TreeMap<>());
            }
            boolean hasTable = row.getBoolean(1);
            boolean isReadable = row.getBoolean(3);
            return new SchemaState(
                    true,
                    hasTable,
                    row.getBoolean(2),
                    isReadable,
                    hasTable && isReadable ? applied(connection, schema) : new TreeMap<>());
        }
    }

    private static SortedMap<Integer, Applied> applied(Connection connection, Schema schema) throws SQLException {
        var applied = new TreeMap<Integer, Applied>();
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(schema.in(APPLIED))) {
            while (row.next()) {
                applied.put(
                        row.getInt(1),
                        new Applied(row.getString(2), row.getString(3), row.getObject(4, Integer.class)));
            }
        }
        return applied;
    }
}
