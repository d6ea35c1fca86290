package dev.headwater.postgres.migration;

import dev.headwater.postgres.failure.PostgresException;
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
}
