package dev.headwater.postgres.migration;

import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.store.StoreUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Brings the schema to the version of this code: the scripts of the jar, in order, in one transaction, under a lock.
 *
 * <p>A script that was applied is never changed; its checksum is kept and compared. A database that knows more scripts
 * than this code is refused, since nobody can tell what they changed.
 */
public final class Migrations {

    /** The scripts, in the order of their versions, which count from 1. */
    private static final List<String> SCRIPTS = List.of(
            "V1__event_log.sql",
            "V2__subscriptions.sql",
            "V3__append.sql",
            "V4__effects.sql",
            "V5__dead_letters.sql",
            "V6__schemas.sql",
            "V7__subject_keys.sql",
            "V8__snapshots_name_their_last_event.sql");

    private static final String FIND_TABLE = "SELECT to_regclass('{schema}.migrations') IS NOT NULL";
    private static final String FIND_SCHEMA = "SELECT to_regnamespace('{schema}') IS NOT NULL";
    static final String LOCK = "SELECT pg_advisory_xact_lock({lockClass} + 1, {lockKey})";
    private static final String CREATE_TABLE = """
            CREATE TABLE {schema}.migrations (
                version int PRIMARY KEY,
                name text NOT NULL,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now())""";

    private final Schema schema;
    private final Duration lockTimeout;
    private final List<Script> scripts;

    /** Brings this schema up to date; the lock timeout limits the wait for another process that does the same. */
    public Migrations(Schema schema, Duration lockTimeout) {
        this(schema, lockTimeout, scripts());
    }

    Migrations(Schema schema, Duration lockTimeout, List<Script> scripts) {
        this.schema = schema;
        this.lockTimeout = lockTimeout;
        this.scripts = scripts;
    }

    /** A migration with the checksum of its text. */
    record Script(int version, String name, String sql, String checksum) {

        static Script of(int version, String name, String sql) {
            return new Script(version, name, sql, checksumOf(sql));
        }
    }

    private record Applied(String name, String checksum) {}

    /** Applies what is missing; the connection is in auto-commit mode, and is again afterwards. */
    public void run(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try {
            lock(connection);
            if (!ask(connection, FIND_SCHEMA)) {
                execute(connection, "CREATE SCHEMA {schema}");
            }
            if (!ask(connection, FIND_TABLE)) {
                execute(connection, CREATE_TABLE);
            }
            var applied = applied(connection);
            verify(applied);
            for (var script : scripts.subList(applied.size(), scripts.size())) {
                apply(connection, script);
            }
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private void lock(Connection connection) throws SQLException {
        execute(connection, "SET LOCAL lock_timeout = " + lockTimeout.toMillis());
        try {
            execute(connection, LOCK);
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals(SqlErrors.LOCK_NOT_AVAILABLE)) {
                throw new StoreUnavailableException(
                        "The schema '" + schema.name() + "' is being migrated by another process, which did not finish"
                                + " within " + lockTimeout.toSeconds() + " s: start again when it has",
                        e);
            }
            throw e;
        }
    }

    private void verify(List<Applied> applied) {
        if (applied.size() > scripts.size()) {
            throw new PostgresException(
                    "The schema '" + schema.name() + "' is at version " + applied.size() + ", this code knows "
                            + scripts.size() + " versions: use the newer code that migrated it",
                    null);
        }
        for (int i = 0; i < applied.size(); i++) {
            var expected = scripts.get(i);
            var found = applied.get(i);
            if (!found.checksum().equals(expected.checksum())) {
                throw new PostgresException(
                        "The migration " + expected.version() + " of the schema '" + schema.name() + "' was '"
                                + found.name() + "' with another text than '" + expected.name()
                                + "' of this code: use the code that migrated it, or a schema of its own",
                        null);
            }
        }
    }

    private List<Applied> applied(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(
                        schema.in("SELECT name, checksum FROM {schema}.migrations ORDER BY version"))) {
            var applied = new ArrayList<Applied>();
            while (row.next()) {
                applied.add(new Applied(row.getString(1), row.getString(2)));
            }
            return applied;
        }
    }

    private void apply(Connection connection, Script script) throws SQLException {
        execute(connection, script.sql());
        try (var statement = connection.prepareStatement(
                schema.in("INSERT INTO {schema}.migrations (version, name, checksum) VALUES (?, ?, ?)"))) {
            statement.setInt(1, script.version());
            statement.setString(2, script.name());
            statement.setString(3, script.checksum());
            statement.executeUpdate();
        }
    }

    private boolean ask(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(schema.in(sql))) {
            return row.next() && row.getBoolean(1);
        }
    }

    private void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(schema.in(sql));
        }
    }

    private static List<Script> scripts() {
        var scripts = new ArrayList<Script>();
        for (var name : SCRIPTS) {
            scripts.add(Script.of(scripts.size() + 1, name, text(name)));
        }
        return scripts;
    }

    private static String text(String name) {
        try (var resource = Migrations.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new IllegalStateException("The jar lacks the migration " + name);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String checksumOf(String sql) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(sql.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
