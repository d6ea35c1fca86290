package dev.headwater.postgres.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** The pool as the rest of this module sees it: work on a connection in auto-commit mode, or a transaction. */
public final class Connections {

    private final ConnectionSource pool;

    /** Takes connections from this pool, and gives each back after its work. */
    public Connections(ConnectionSource pool) {
        this.pool = pool;
    }

    /** What is done with a connection. */
    @FunctionalInterface
    public interface Work<T> {

        /** Does the work and ends before the connection is given back. */
        T run(Connection connection) throws SQLException;
    }

    /** Runs the work on a connection whose every statement commits by itself. */
    public <T> T with(Work<T> work) throws SQLException {
        try (var connection = pool.connect()) {
            return AutoCommit.during(connection, work);
        }
    }

    /** Runs the work in a transaction of its own. */
    public <T> T inTransaction(Work<T> work) throws SQLException {
        try (var transaction = begin()) {
            var result = work.run(transaction.connection());
            transaction.commit();
            return result;
        }
    }

    /** Begins a READ COMMITTED transaction, which is rolled back unless it is committed before it is closed. */
    public Transaction begin() throws SQLException {
        var connection = pool.connect();
        try {
            return new Transaction(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** A transaction that ends with {@link #commit} or {@link #close}. */
    public static final class Transaction implements AutoCloseable {

        private final Connection connection;
        private final boolean autoCommit;

        private Transaction(Connection connection) throws SQLException {
            this.connection = connection;
            this.autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
        }

        /** The connection that the transaction is on. */
        public Connection connection() {
            return connection;
        }

        /** Commits; when the connection is lost on the way, the outcome is unknown. */
        public void commit() throws SQLException {
            connection.commit();
        }

        @Override
        public void close() throws SQLException {
            try (connection) {
                connection.rollback();
                connection.setAutoCommit(autoCommit);
            }
        }
    }
}
