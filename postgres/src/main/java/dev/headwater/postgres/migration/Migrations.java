package dev.headwater.postgres.migration;

import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the schema to the version of this code: the scripts of the jar, in order, in one transaction, under a lock.
 *
 * <p>A script that was applied is never changed; its checksum is kept and compared. A database that knows more scripts
 * than this code can be used when each of those says that it can, and is refused otherwise.
 *
 * <p>A statement of a script that waits for its table holds up everybody who comes behind it, appends included. So it
 * waits for less time than an append does; then all is undone, the others pass, and it is tried again.
 */
public final class Migrations {

    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

    static final String LOCK = "SELECT pg_advisory_xact_lock({lockClass} + 1, {lockKey})";

    /** The limits of a role are meant for its queries. */
    private static final String WITHOUT_LIMITS = """
            SELECT set_config(name, '0', true) FROM pg_settings
            WHERE name IN ('statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')""";

    private static final String CREATE_TABLE = """
            CREATE TABLE {schema}.migrations (
                version int PRIMARY KEY,
                name text NOT NULL,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now(),
                usable_from int)""";

    private static final String ADD_BOUNDS = "ALTER TABLE {schema}.migrations ADD COLUMN usable_from int";

    private static final Duration LONGEST_WAIT_FOR_A_TABLE = Duration.ofSeconds(2);

    private final Schema schema;
    private final Duration patience;
    private final Duration tableWait;
    private final List<Script> scripts;

    /**
     * The scripts of this code for a schema.
     *
     * @param patience how long to wait for another process that migrates, and for tables that are in use
     * @param appendPatience how long an append waits, so that no migration holds one up for longer
     */
    public Migrations(Schema schema, Duration patience, Duration appendPatience) {
        this(schema, patience, appendPatience, Script.all());
    }

    Migrations(Schema schema, Duration patience, Duration appendPatience, List<Script> scripts) {
        this.schema = schema;
        this.patience = patience;
        var half = appendPatience.dividedBy(2);
        this.tableWait = half.compareTo(LONGEST_WAIT_FOR_A_TABLE) < 0 ? half : LONGEST_WAIT_FOR_A_TABLE;
        this.scripts = scripts;
    }

    /** Applies what is missing; the connection is in auto-commit mode, and is again afterwards. */
    public void apply(Connection connection) throws SQLException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!missing(connection).isEmpty() && !tryApply(connection, deadline)) {
            LOG.info(
                    "The schema '{}' is not migrated yet: a table that a script changes was in use for {} ms; trying"
                            + " again",
                    schema.name(),
                    tableWait.toMillis());
            LockSupport.parkNanos(tableWait.toNanos());
        }
    }

    /** Refuses a schema that is not at the version of this code, and changes nothing. */
    public void validate(Connection connection) throws SQLException {
        var missing = missing(connection);
        if (!missing.isEmpty()) {
            throw new PostgresException(
                    "The schema '" + schema.name() + "' lacks the migrations "
                            + String.join(
                                    ", ", missing.stream().map(Script::name).toList())
                            + ": let its owner run what Builder.pendingMigrations() returns, or open it once as its"
                            + " owner with MigrationMode.APPLY",
                    null);
        }
    }

    /** The SQL that applies what is missing, for people; empty when nothing is. */
    public String pending(Connection connection) throws SQLException {
        var state = state(connection);
        var missing = missing(state);
        if (missing.isEmpty()) {
            return "";
        }
        var statements = new ArrayList<String>();
        statements.add("BEGIN");
        statements.add("SET LOCAL lock_timeout = " + tableWait.toMillis());
        statements.add(LOCK);
        statements.addAll(statements(state, missing));
        statements.add("COMMIT");
        return schema.in("-- Brings the schema {schema} to version "
                + scripts.getLast().version() + ". To be run by its owner, as a whole: one error undoes all.\n\n"
                + String.join(";\n\n", statements) + ";\n");
    }

    private List<Script> missing(Connection connection) throws SQLException {
        return missing(state(connection));
    }

    private List<Script> missing(SchemaState state) {
        return scripts.stream()
                .filter(script -> !state.applied().containsKey(script.version()))
                .toList();
    }

    /** What is there, if this code can use it. */
    private SchemaState state(Connection connection) throws SQLException {
        var state = SchemaState.read(connection, schema);
        if (!state.isReadable()) {
            new Rights(schema).require(connection);
        }
        verify(state);
        return state;
    }

    private void verify(SchemaState state) {
        state.applied().forEach((version, found) -> {
            if (version > scripts.size()) {
                requireUsable(version, found);
            } else {
                requireSame(scripts.get(version - 1), found);
            }
        });
        int newest = state.applied().isEmpty() ? 0 : state.applied().lastKey();
        if (newest > scripts.size()) {
            LOG.info(
                    "The schema '{}' is at version {}; this code knows {} versions and can use it",
                    schema.name(),
                    newest,
                    scripts.size());
        }
    }

    private void requireUsable(int version, SchemaState.Applied found) {
        var from = found.usableFrom();
        if (from == null || from > scripts.size()) {
            throw new PostgresException(
                    "The schema '" + schema.name() + "' is at version " + version + ", which code can use that knows "
                            + (from == null ? version : from) + " versions; this code knows " + scripts.size()
                            + ": use the newer code",
                    null);
        }
    }

    private void requireSame(Script expected, SchemaState.Applied found) {
        if (!found.checksum().equals(expected.checksum())) {
            throw new PostgresException(
                    "The migration " + expected.version() + " of the schema '" + schema.name() + "' was '"
                            + found.name() + "' with another text than '" + expected.name()
                            + "' of this code: use the code that migrated it, or a schema of its own",
                    null);
        }
    }

    /** False, with nothing changed, when a table was in use and there is time left. */
    private boolean tryApply(Connection connection, long deadline) throws SQLException {
        connection.setAutoCommit(false);
        try {
            lock(connection, deadline);
            var state = state(connection);
            execute(connection, "SET LOCAL lock_timeout = " + tableWait.toMillis());
            boolean isDone = tryExecute(connection, statements(state, missing(state)), deadline);
            if (isDone) {
                connection.commit();
            } else {
                connection.rollback();
            }
            connection.setAutoCommit(true);
            return isDone;
        } catch (SQLException | RuntimeException | Error e) {
            undo(connection, e);
            throw e;
        }
    }

    /** Leaves the first reason as it is, whatever comes of a connection that may be broken. */
    private static void undo(Connection connection, Throwable reason) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    private void lock(Connection connection, long deadline) throws SQLException {
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
        execute(connection, WITHOUT_LIMITS);
        execute(connection, "SET LOCAL lock_timeout = " + millis);
        try {
            execute(connection, LOCK);
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals(SqlErrors.LOCK_NOT_AVAILABLE)) {
                throw new StoreUnavailableException(
                        "The schema '" + schema.name() + "' is being migrated by another process, which did not finish"
                                + " within " + patience.toSeconds() + " s: start again when it has",
                        e);
            }
            throw e;
        }
    }

    private boolean tryExecute(Connection connection, List<String> statements, long deadline) throws SQLException {
        try {
            for (var statement : statements) {
                execute(connection, statement);
            }
            return true;
        } catch (SQLException e) {
            if (!SqlErrors.state(e).equals(SqlErrors.LOCK_NOT_AVAILABLE)) {
                throw e;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new StoreUnavailableException(
                        "The schema '" + schema.name() + "' could not be migrated within " + patience.toSeconds()
                                + " s: a table was in use whenever it was tried, perhaps by a long transaction;"
                                + " nothing was changed",
                        e);
            }
            return false;
        }
    }

    private List<String> statements(SchemaState state, List<Script> missing) {
        var statements = new ArrayList<String>();
        if (!state.hasSchema()) {
            statements.add("CREATE SCHEMA {schema}");
        }
        if (!state.hasTable()) {
            statements.add(CREATE_TABLE);
        } else if (!state.hasBounds()) {
            statements.add(ADD_BOUNDS);
        }
        for (var script : missing) {
            statements.add(script.sql().stripTrailing().replaceFirst(";$", ""));
            statements.add(record(script));
        }
        return statements;
    }

    private static String record(Script script) {
        return """
                INSERT INTO {schema}.migrations (version, name, checksum, usable_from) VALUES (%d, '%s', '%s', %d)""".formatted(script.version(), script.name(), script.checksum(), script.usableFrom());
    }

    private void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(schema.in(sql));
        }
    }
}
