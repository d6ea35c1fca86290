package dev.headwater.postgres.delivery;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.SqlErrors;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Statements that end: each waits for locks, and runs, only for so long. A table that somebody has locked is a database
 * that is out of reach, and says so.
 */
final class LimitedConnections {

    /** How long a statement waits for a lock. */
    static final Duration LOCK_WAIT = Duration.ofSeconds(5);

    /**
     * Goes to the server with the statement it limits, whose transaction it shares. Compiling a statement would take
     * longer than to run it, and is done where the server has no statistics and guesses too high.
     */
    private static final String LIMITS = "SELECT set_config('lock_timeout', '" + LOCK_WAIT.toMillis()
            + "', true), set_config('statement_timeout', '60000', true), set_config('jit', 'off', true)";

    private final Connections connections;

    LimitedConnections(Connections connections) {
        this.connections = connections;
    }

    /** Takes a value from a row. */
    interface Reading<R> {
        R from(ResultSet row) throws SQLException;
    }

    <R> List<R> query(String what, Reading<R> reading, String sql, Object... values) {
        return query(what, reading, sql, Parameters.of(values));
    }

    <R> List<R> query(String what, Reading<R> reading, String sql, Parameters values) {
        try {
            return connections.with(connection -> rows(connection, reading, sql, values));
        } catch (SQLException e) {
            throw SqlErrors.failed(what, e);
        }
    }

    private static <R> List<R> rows(Connection connection, Reading<R> reading, String sql, Parameters values)
            throws SQLException {
        try (var statement = values.prepare(connection, LIMITS + ";\n" + sql)) {
            statement.execute();
            statement.getMoreResults();
            try (var row = statement.getResultSet()) {
                return readAll(row, reading);
            }
        }
    }

    /** The rows of a statement that changes something. */
    <R> List<R> change(String what, Reading<R> reading, String sql, Parameters values) {
        return change(what, () -> connections.with(connection -> rows(connection, reading, sql, values)));
    }

    int update(String what, String sql, Object... values) {
        return update(what, sql, Parameters.of(values));
    }

    int update(String what, String sql, Parameters values) {
        return change(
                what,
                () -> connections.with(connection -> {
                    try (var statement = values.prepare(connection, LIMITS + ";\n" + sql)) {
                        statement.execute();
                        statement.getMoreResults();
                        return statement.getUpdateCount();
                    }
                }));
    }

    <R> R inTransaction(String what, Connections.Work<R> work) {
        return change(
                what,
                () -> connections.inTransaction(connection -> {
                    try (var statement = connection.createStatement()) {
                        statement.execute(LIMITS);
                    }
                    return work.run(connection);
                }));
    }

    /** Limits the wait for locks in a transaction of the caller's, which may run for as long as it likes. */
    static void limitLockWait(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = " + LOCK_WAIT.toMillis());
        }
    }

    /** The rows of a statement in a transaction of the caller's. */
    static <R> List<R> query(Connection connection, Reading<R> reading, String sql, Object... values)
            throws SQLException {
        try (var statement = Parameters.of(values).prepare(connection, sql);
                var row = statement.executeQuery()) {
            return readAll(row, reading);
        }
    }

    /** Changes rows in a transaction of the caller's. */
    static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = Parameters.of(values).prepare(connection, sql)) {
            return statement.executeUpdate();
        }
    }

    static <R> List<R> readAll(ResultSet row, Reading<R> reading) throws SQLException {
        var rows = new ArrayList<R>();
        while (row.next()) {
            rows.add(reading.from(row));
        }
        return rows;
    }

    private interface Call<R> {
        R run() throws SQLException;
    }

    private static <R> R change(String what, Call<R> call) {
        try {
            return call.run();
        } catch (SQLException e) {
            throw SqlErrors.failedChange(what, e);
        }
    }
}
