package dev.headwater.postgres.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Auto-commit mode for as long as some work takes. */
public final class AutoCommit {

    private AutoCommit() {}

    /** Does the work, and leaves the mode as it was before; no transaction may run on the connection. */
    public static <T> T during(Connection connection, Connections.Work<T> work) throws SQLException {
        if (connection.getAutoCommit()) {
            return work.run(connection);
        }
        connection.setAutoCommit(true);
        T result;
        try {
            result = work.run(connection);
        } catch (SQLException | RuntimeException | Error e) {
            try {
                connection.setAutoCommit(false);
            } catch (SQLException broken) {
                e.addSuppressed(broken);
            }
            throw e;
        }
        connection.setAutoCommit(false);
        return result;
    }
}
