package dev.headwater.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The pool as the rest of this package sees it: work on a connection in auto-commit mode, or a transaction. */
final class Connections {

    private final DataSource pool;

    Connections(DataSource pool) {
        this.pool = pool;
    }

    /** What is done with a connection. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /** Runs the work on a connection whose every statement commits by itself. */
    <T> T with(Work<T> work) throws SQLException {
        try (var connection = pool.getConnection()) {
            if (!connection.getAutoCommit()) {
                connection.setAutoCommit(true);
            }
            return work.run(connection);
        }
    }

    /** Runs the work in a transaction of its own. */
    <T> T inTransaction(Work<T> work) throws SQLException {
        try (var transaction = begin()) {
            var result = work.run(transaction.connection());
            transaction.commit();
            return result;
        }
    }

    /** Begins a READ COMMITTED transaction, which is rolled back unless it is committed before it is closed. */
    Transaction begin() throws SQLException {
        var connection = pool.getConnection();
        try {
            return new Transaction(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** A transaction that ends with {@link #commit} or {@link #close}. */
    static final class Transaction implements AutoCloseable {

        private final Connection connection;

        private Transaction(Connection connection) throws SQLException {
            this.connection = connection;
            connection.setAutoCommit(false);
        }

        Connection connection() {
            return connection;
        }

        void commit() throws SQLException {
            connection.commit();
        }

        @Override
        public void close() throws SQLException {
            try (connection) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }
}
