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

        /** A text that is no number is refused, and the commit behind it is not reached. */
        private static final String IN_STEP_AND_NOT_ENDED = "SELECT CASE pg_current_xact_id()::text WHEN ? THEN"
                + " ?::bigint ELSE ('" + EndedTransactionException.SIGN + "' || pg_current_xact_id())::bigint END";

        private final BorrowedConnection borrowed;
        private final boolean autoCommit;
        /** The number of the transaction, once others were given its connection. */
        private @Nullable String lent;

        private boolean isOver;

        private Transaction(BorrowedConnection borrowed, boolean autoCommit) {
            this.borrowed = borrowed;
            this.autoCommit = autoCommit;
        }

        /** The connection that the transaction is on. */
        public Connection connection() {
            return borrowed.connection();
        }

        /** The connection for code of others, who must not end the transaction; if they do, it is found out. */
        public Connection lend() throws SQLException {
            try (var statement = connection().createStatement();
                    var row = statement.executeQuery("SELECT pg_current_xact_id()::text")) {
                row.next();
                lent = row.getString(1);
            }
            return LentConnection.of(connection());
        }

        /**
         * Checks that nobody else has ended the transaction.
         *
         * @throws EndedTransactionException when somebody has
         */
        public void requireNotEnded() throws SQLException {
            try {
                inStep("");
            } catch (SQLException e) {
                throw explained(e);
            }
        }

        /** Whether those who were lent the connection have committed; rolls back what they have not. */
        public boolean isCommittedByOthers() throws SQLException {
            connection().rollback();
            try (var statement = connection().prepareStatement("SELECT pg_xact_status(?::xid8) = 'committed'")) {
                statement.setString(1, lent);
                try (var row = statement.executeQuery()) {
                    return row.next() && row.getBoolean(1);
                }
            }
        }

        /**
         * Commits; when the connection is lost on the way, the outcome is unknown.
         *
         * <p>Whoever used the connection may have swallowed what broke a statement off, so the answer to the commit is
         * taken only together with the answer to a question of its own.
         *
         * @throws EndedTransactionException when those who were {@linkplain #lend lent} the connection have ended the
         *     transaction before
         */
        public void commit() throws SQLException {
            try {
                inStep("; COMMIT");
            } catch (SQLException e) {
                throw explained(e);
            }
            isOver = true;
        }

        private void inStep(String behind) throws SQLException {
            long question = question();
            var values = lent == null ? Parameters.of(question) : Parameters.of(lent, question);
            try (var statement =
                    values.prepare(connection(), (lent == null ? IN_STEP : IN_STEP_AND_NOT_ENDED) + behind)) {
                boolean isRow = statement.execute();
                requireAnswer(question, isRow ? statement.getResultSet() : null);
                statement.getMoreResults();
            }
        }

        private SQLException explained(SQLException e) throws SQLException {
            return EndedTransactionException.isToldBy(e) ? new EndedTransactionException(isCommittedByOthers(), e) : e;
        }

        /** A statement of the caller's has committed, and its answer was checked. */
        public void committed() {
            isOver = true;
        }

        /** Cuts the connection, from any thread, and gives its place in the pool to others. */
        public void abort() throws SQLException {
            try {
                connection().abort(Runnable::run);
            } finally {
                borrowed.discard();
            }
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
