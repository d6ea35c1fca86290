package dev.headwater.postgres.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/** A connection pooler between this process and the server, as PgBouncer is one. */
public final class Pooler {

    private Pooler() {}

    /** Whether one stands in between: the server process is another one than the driver was told of. */
    public static boolean standsBefore(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1) != connection.unwrap(PGConnection.class).getBackendPID();
        }
    }
}
