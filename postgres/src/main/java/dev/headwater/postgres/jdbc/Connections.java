package dev.headwater.postgres.jdbc;

import dev.headwater.HeadwaterException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The pool as the rest of this module sees it: work on a connection in auto-commit mode, or a transaction.
 *
 * <p>Every call has a limit. One that comes near it is cancelled on the server, and one that gives no answer to that
 * loses its connection. A connection goes back to the pool only when the last call on it came to a clean end: after
 * anything but an answer of the server it is cut, since the answer to come would be taken for that of the next call.
 * Thread-safe.
 */
public final class Connections {

    /** For what may take as long as it needs. */
    public static final Duration UNLIMITED = Duration.ofDays(1000);

    /** For the work of handlers, which have limits of their own. */
    private static final Duration LONGEST_TRANSACTION = Duration.ofMinutes(30);

    private static final int ATTEMPTS = 16;
    private static final int STACK_DEPTH = 256;
    private static final AtomicLong QUESTIONS = new AtomicLong();

    private final ConnectionSource pool;
    private final Duration limit;
    private final Watchdog watchdog = new Watchdog();

    /**
     * Takes connections from this pool, and gives each back after its work.
     *
     * @param limit how long it may take to get a connection, and how long a call may take
     */
    public Connections(ConnectionSource pool, Duration limit) {
        this.pool = pool;
        this.limit = limit;
    }

    /** What is done with a connection. */
    @FunctionalInterface
    public interface Work<T> {

        /** Does the work and ends before the connection is given back. */
        T run(Connection connection) throws SQLException;
    }

    /** Runs the work on a connection whose every statement commits by itself. */
    public <T> T with(Work<T> work) throws SQLException {
        return with(limit, work);
    }

    /** The same with a limit of its own, for the connection and for the work. */
    public <T> T with(Duration ownLimit, Work<T> work) throws SQLException {
        var borrowed = borrow(ownLimit);
        boolean isClean = false;
        try {
            var result = AutoCommit.during(borrowed.connection(), work);
            isClean = true;
            return result;
        } catch (SQLException e) {
            isClean = SqlErrors.isAnswer(e);
            throw e;
        } finally {
            if (isClean) {
                borrowed.giveBack();
            } else {
                borrowed.discard();
            }
        }
    }

    /** Runs the work in a transaction of its own. */
    public <T> T inTransaction(Work<T> work) throws SQLException {
        try (var transaction = begin(limit)) {
            var result = work.run(transaction.connection());
            transaction.commit();
            return result;
        }
    }

    /** Begins a READ COMMITTED transaction, which is rolled back unless it is committed before it is closed. */
    public Transaction begin() throws SQLException {
        return begin(LONGEST_TRANSACTION);
    }

    /** The same for a transaction that may last longer, or less long. */
    public Transaction begin(Duration ownLimit) throws SQLException {
        var borrowed = borrow(ownLimit);
        boolean hasBegun = false;
        try {
            boolean autoCommit = borrowed.connection().getAutoCommit();
            borrowed.connection().setAutoCommit(false);
            hasBegun = true;
            return new Transaction(borrowed, autoCommit);
        } finally {
            if (!hasBegun) {
                borrowed.discard();
            }
        }
    }

    /** A number that tells one question to the server from every other one of this process. */
    public static long question() {
        return QUESTIONS.incrementAndGet();
    }

    private BorrowedConnection borrow(Duration ownLimit) throws SQLException {
        requireStack(STACK_DEPTH);
        long deadline = System.nanoTime() + Math.min(ownLimit.toNanos(), limit.toNanos());
        for (int attempt = 1; ; attempt++) {
            var connection = take(deadline);
            BorrowedConnection borrowed = null;
            try {
                borrowed = BorrowedConnection.of(connection, watchdog, ownLimit);
                return borrowed;
            } catch (BrokenConnectionException e) {
                if (attempt == ATTEMPTS || System.nanoTime() - deadline > 0) {
                    throw e;
                }
            } finally {
                if (borrowed == null) {
                    BorrowedConnection.cut(connection);
                }
            }
        }
    }

    /** An almost full stack is told of here, and not in the middle of a message to the server. */
    private static int requireStack(int depth) {
        return depth == 0 ? 0 : 1 + requireStack(depth - 1);
    }

    private Connection take(long deadline) throws SQLException {
        long nanos = deadline - System.nanoTime();
        if (pool.longestWait().toMillis() <= TimeUnit.NANOSECONDS.toMillis(nanos) + 1) {
            return pool.connect();
        }
        var connection = new CompletableFuture<Connection>();
        Thread.ofVirtual().name("headwater connects").start(() -> {
            try {
                var taken = pool.connect();
                if (!connection.complete(taken)) {
                    taken.close();
                }
            } catch (Throwable e) {
                connection.completeExceptionally(e);
            }
        });
        return await(connection, nanos);
    }

    private static Connection await(CompletableFuture<Connection> connection, long nanos) throws SQLException {
        boolean isMine = false;
        try {
            var taken = connection.get(nanos, TimeUnit.NANOSECONDS);
            isMine = true;
            return taken;
        } catch (TimeoutException e) {
            throw new SQLTransientConnectionException(
                    "The data source gave no connection for " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms", "08001");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("Interrupted while waiting for a connection", "08001", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException failure) {
                throw failure;
            }
            if (e.getCause() instanceof HeadwaterException refusal) {
                throw refusal;
            }
            throw new SQLTransientConnectionException("No connection could be made: " + e.getCause(), "08001", e);
        } finally {
            if (!isMine && !connection.cancel(false) && !connection.isCompletedExceptionally()) {
                connection.join().close();
            }
        }
    }

    /** A transaction that ends with {@link #commit} or {@link #close}. */
    public static final class Transaction implements AutoCloseable {

        private static final String IN_STEP = "SELECT ?::bigint";

        private final BorrowedConnection borrowed;
        private final boolean autoCommit;
        private boolean isOver;

        private Transaction(BorrowedConnection borrowed, boolean autoCommit) {
            this.borrowed = borrowed;
            this.autoCommit = autoCommit;
        }

        /** The connection that the transaction is on. */
        public Connection connection() {
            return borrowed.connection();
        }

        /**
         * Commits; when the connection is lost on the way, the outcome is unknown.
         *
         * <p>Whoever used the connection may have swallowed what broke a statement off, so the answer to the commit is
         * taken only together with the answer to a question of its own.
         */
        public void commit() throws SQLException {
            long question = question();
            try (var statement = connection().prepareStatement(IN_STEP + "; COMMIT")) {
                statement.setLong(1, question);
                boolean isRow = statement.execute();
                requireAnswer(question, isRow ? statement.getResultSet() : null);
                statement.getMoreResults();
            }
            isOver = true;
        }

        /** A statement of the caller's has committed, and its answer was checked. */
        public void committed() {
            isOver = true;
        }

        /** Rolls back what was not committed. */
        @Override
        public void close() {
            boolean isClean = false;
            try {
                if (!isOver) {
                    connection().rollback();
                }
                connection().setAutoCommit(true);
                if (!isOver) {
                    requireInStep(connection());
                }
                if (!autoCommit) {
                    connection().setAutoCommit(false);
                }
                isClean = true;
            } catch (SQLException e) {
                isOver = true; // the connection is cut, which rolls back
            } finally {
                if (isClean) {
                    borrowed.giveBack();
                } else {
                    borrowed.discard();
                }
            }
        }

        private static void requireInStep(Connection connection) throws SQLException {
            long question = question();
            try (var statement = connection.prepareStatement(IN_STEP)) {
                statement.setLong(1, question);
                requireAnswer(question, statement.executeQuery());
            }
        }
    }

    /**
     * Checks that an answer belongs to its question.
     *
     * @throws OutOfStepException when it does not
     */
    public static void requireAnswer(long question, @Nullable ResultSet row) throws SQLException {
        if (row == null || !row.next() || row.getLong(1) != question) {
            throw new OutOfStepException();
        }
    }
}
