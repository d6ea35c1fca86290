package dev.headwater.postgres.append;

import dev.headwater.postgres.jdbc.Connections;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Ends server processes that may still be at work on a call whose connection was lost.
 *
 * <p>A process number may be given to a new connection meanwhile, so only processes that look like the lost one are
 * ended: same role, database and application. Should that hit a connection of this library, nothing is lost, because
 * each of them copes with its end.
 */
public final class AbandonedBackends {

    private static final String END = """
            SELECT pg_terminate_backend(a.pid)
            FROM pg_stat_activity a
            WHERE a.pid = ? AND a.pid <> pg_backend_pid() AND a.usename = current_user
                AND a.datname = current_database() AND a.application_name = current_setting('application_name')""";

    private final Connections connections;

    /** Ends server processes over these connections, as the role that they log in as. */
    public AbandonedBackends(Connections connections) {
        this.connections = connections;
    }

    /** Tells it to end if it is still there; true when it is gone, so that it cannot commit any more. */
    boolean end(int backend, Duration limit) throws SQLException {
        return connections.with(limit, connection -> {
            try (var statement = connection.prepareStatement(END)) {
                statement.setInt(1, backend);
                try (var row = statement.executeQuery()) {
                    return !row.next();
                }
            }
        });
    }
}
