package dev.headwater.postgres.migration;

import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.jdbc.Schema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses a server that cannot keep the promises of the store, before anything is written to it. */
public final class ServerCheck {

    private static final Logger LOG = LoggerFactory.getLogger(ServerCheck.class);

    private static final int OLDEST = 14;
    private static final int NEWEST_TESTED = 18;

    private static final String SETTINGS = """
            SELECT current_setting('server_version_num')::int / 10000, current_setting('server_version'),
                current_setting('fsync')::boolean, current_setting('full_page_writes')::boolean,
                current_setting('server_encoding'), pg_is_in_recovery(), current_user""";

    /** What the role must be allowed to do, as one row for each right that is missing. */
    private static final String MISSING_RIGHTS = """
            SELECT 'USAGE ON SCHEMA {schema}' AS missing
            WHERE NOT has_schema_privilege('{schema}', 'USAGE')
            UNION ALL
            SELECT r.privilege || ' ON TABLE {schema}.' || r.name
            FROM (VALUES
                ('streams', 'SELECT'), ('streams', 'INSERT'),
                ('events', 'SELECT'), ('events', 'INSERT'),
                ('event_tags', 'SELECT'), ('event_tags', 'INSERT'),
                ('snapshots', 'SELECT'), ('snapshots', 'INSERT'), ('snapshots', 'UPDATE'), ('snapshots', 'DELETE'),
                ('checkpoints', 'SELECT'), ('checkpoints', 'INSERT'), ('checkpoints', 'UPDATE')
                ) AS r (name, privilege)
                JOIN pg_namespace n ON n.nspname = '{schema}'
                JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = r.name
            WHERE NOT has_table_privilege(c.oid, r.privilege)
            UNION ALL
            SELECT 'EXECUTE ON FUNCTION ' || p.oid::regprocedure::text
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = '{schema}'
            WHERE NOT has_function_privilege(p.oid, 'EXECUTE')""";

    private ServerCheck() {}

    /** Checks version and settings. */
    public static void requireSafe(Connection connection, boolean allowUnsafe) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(SETTINGS)) {
            row.next();
            int version = row.getInt(1);
            var problems = new ArrayList<String>();
            if (version < OLDEST) {
                problems.add("it is PostgreSQL " + row.getString(2) + ": expected " + OLDEST + " or newer");
            } else if (version > NEWEST_TESTED) {
                LOG.warn("PostgreSQL {} is newer than {}, the newest one tested", row.getString(2), NEWEST_TESTED);
            }
            if (!row.getBoolean(3) && !allowUnsafe) {
                problems.add("fsync is off, so a crash can lose acknowledged events: switch it on in postgresql.conf,"
                        + " or call allowUnsafeServer() for data that may be lost");
            }
            if (!row.getBoolean(4) && !allowUnsafe) {
                problems.add("full_page_writes is off, so a crash can corrupt the log: switch it on in postgresql.conf,"
                        + " or call allowUnsafeServer() for data that may be lost");
            }
            if (!row.getString(5).equals("UTF8")) {
                problems.add("its database has the encoding " + row.getString(5)
                        + ": expected UTF8, chosen when the database is created");
            }
            if (row.getBoolean(6)) {
                problems.add("it is a standby, which cannot write: expected the primary");
            }
            if (!problems.isEmpty()) {
                throw new PostgresException(
                        "The PostgreSQL server cannot be used: " + String.join("; ", problems), null);
            }
        }
    }

    /** Checks the rights of the role on the migrated schema. */
    public static void requireRights(Connection connection, Schema schema) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(MISSING_RIGHTS.replace("{schema}", schema.name()))) {
            var missing = new ArrayList<String>();
            while (row.next()) {
                missing.add(row.getString(1));
            }
            if (!missing.isEmpty()) {
                throw new PostgresException(
                        "The role '" + connection.getMetaData().getUserName()
                                + "' lacks rights; the owner of the schema" + " has to grant them: "
                                + String.join(", ", missing),
                        null);
            }
        }
    }
}
