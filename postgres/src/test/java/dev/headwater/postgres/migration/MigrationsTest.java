package dev.headwater.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.Events;
import dev.headwater.postgres.MigrationMode;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.postgres.TestServers;
import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.testkit.Await;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MigrationsTest {

    private final EmbeddedDatabase server = TestServers.newest();
    private final String schema = TestServers.freshSchema();

    @Test
    void manyInstancesThatStartAtOnceMigrateOnce() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var starts = IntStream.range(0, 6)
                    .mapToObj(i -> CompletableFuture.runAsync(
                            () -> TestServers.open(server, schema).close(), threads))
                    .toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(starts).join();
        }
        TestServers.open(server, schema).close();
    }

    @Test
    void aSchemaThatIsNewerThanTheCodeIsRefused() throws SQLException {
        TestServers.open(server, schema).close();
        execute("INSERT INTO " + schema + ".migrations (version, name, checksum) VALUES (99, 'V99__later.sql', 'x')");

        assertThatThrownBy(() -> TestServers.open(server, schema))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("use the newer code");
    }

    @Test
    void aMigrationThatWasChangedAfterwardsIsRefused() throws SQLException {
        TestServers.open(server, schema).close();
        execute("UPDATE " + schema + ".migrations SET checksum = 'another'");

        assertThatThrownBy(() -> TestServers.open(server, schema))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("with another text");
    }

    @Test
    void aMigrationLockThatCannotBeHadFailsTheStart() throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl());
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(new Schema(schema).in(Migrations.LOCK));

            assertThatThrownBy(() ->
                            builder().migrationTimeout(Duration.ofMillis(100)).open())
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("being migrated by another process");
            connection.rollback();
        }
        builder().open().close();
    }

    @Test
    void namesThatAreNoPlainIdentifiersAreRefused() {
        for (var name : new String[] {"", "Upper", "a-b", "a\"b", "x; DROP TABLE y", "1a", "pg_x", "a".repeat(64)}) {
            assertThatThrownBy(() -> PostgresDatabase.builder().schema(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("schema name");
        }
        assertThat(new Schema("a".repeat(63)).name()).hasSize(63);
    }

    @Test
    void aSchemaWithTheLongestNameWorks() {
        try (var database = TestServers.open(server, schema + "x".repeat(63 - schema.length()));
                var store = Events.store(database.eventStorage())) {
            assertThat(store.append(Events.one("a-1", 1)).firstPosition()).isEqualTo(1);
        }
    }

    @Test
    void aSchemaIsNewerThanCodeThatCanUseItAllTheSame() {
        TestServers.open(server, schema).close();
        migrate("-- usable-from: " + Script.all().size() + "\nCREATE TABLE {schema}.later (x int);\n");

        try (var database = TestServers.open(server, schema);
                var store = Events.store(database.eventStorage())) {
            assertThat(store.append(Events.one("a-1", 1)).firstPosition()).isEqualTo(1);
        }
    }

    @Test
    void aSchemaThatOlderCodeCannotUseIsRefusedByIt() {
        TestServers.open(server, schema).close();
        migrate("CREATE TABLE {schema}.later (x int);\n");

        assertThatThrownBy(() -> TestServers.open(server, schema))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("use the newer code");
    }

    @Test
    void aScriptCannotBeUsableByCodeBeyondItsOwnVersion() {
        assertThatThrownBy(() -> Script.of(7, "V7__x.sql", "-- usable-from: 8\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 1 to 7");
    }

    @Test
    void aTableOfMigrationsFromBeforeTheBoundsIsCompleted() throws SQLException {
        TestServers.open(server, schema).close();
        execute("ALTER TABLE " + schema + ".migrations DROP COLUMN usable_from");
        TestServers.open(server, schema).close();

        migrate("-- usable-from: 1\nCREATE TABLE {schema}.later (x int);\n");
        TestServers.open(server, schema).close();
    }

    @Test
    void validatingRefusesASchemaThatLacksMigrationsAndChangesNothing() throws SQLException {
        assertThatThrownBy(() -> builder().migrations(MigrationMode.VALIDATE).open())
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("V1__event_log.sql")
                .hasMessageContaining("pendingMigrations()");
        assertThat(hasSchema()).isFalse();

        builder().open().close();
        builder().migrations(MigrationMode.VALIDATE).open().close();
    }

    @Test
    void theSchemaIsNotLookedAtWhereMigrationsAreOff() throws SQLException {
        builder().migrations(MigrationMode.OFF).open().close();
        assertThat(hasSchema()).isFalse();
    }

    @Test
    void thePendingMigrationsAreSqlThatTheOwnerCanRun() throws SQLException {
        var sql = builder().pendingMigrations();
        assertThat(hasSchema()).isFalse();
        execute(sql);

        assertThat(builder().pendingMigrations()).isEmpty();
        try (var database = builder().migrations(MigrationMode.VALIDATE).open();
                var store = Events.store(database.eventStorage())) {
            assertThat(store.append(Events.one("a-1", 1)).firstPosition()).isEqualTo(1);
        }
    }

    @Test
    void appendsPassAMigrationThatWaitsForATable() throws Exception {
        try (var database = builder().open();
                var store = Events.store(database.eventStorage());
                var holder = DriverManager.getConnection(server.jdbcUrl());
                var statement = holder.createStatement();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT FROM " + schema + ".events");
            var migration = CompletableFuture.runAsync(
                    () -> migrate("ALTER TABLE {schema}.events ADD COLUMN x int;\n"), threads);
            Await.until("the migration waits for the table", Duration.ofSeconds(30), this::somebodyWaitsForATable);

            store.append(Events.one("a-1", 1));

            assertThat(migration).isNotDone();
            holder.rollback();
            migration.get();
        }
    }

    @Test
    void aConnectionThatBreaksDuringAMigrationIsReportedWithTheFirstReason() {
        assertThatThrownBy(() -> migrate("SELECT pg_terminate_backend(pg_backend_pid());\n"))
                .hasRootCauseInstanceOf(SQLException.class)
                .rootCause()
                .extracting(e -> ((SQLException) e).getSQLState())
                .isEqualTo("57P01");
    }

    /** Migrates as newer code would, which knows one more script. */
    private void migrate(String script) {
        var scripts = new ArrayList<>(Script.all());
        int version = scripts.size() + 1;
        scripts.add(Script.of(version, "V" + version + "__later.sql", script));
        try (var connection = DriverManager.getConnection(server.jdbcUrl())) {
            new Migrations(new Schema(schema), Duration.ofSeconds(50), Duration.ofMillis(200), scripts)
                    .apply(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean somebodyWaitsForATable() {
        return ask("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = '" + schema
                + ".events'::regclass)");
    }

    private boolean hasSchema() {
        return ask("SELECT to_regnamespace('" + schema + "') IS NOT NULL");
    }

    private boolean ask(String sql) {
        try (var connection = DriverManager.getConnection(server.jdbcUrl());
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            return row.next() && row.getBoolean(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private PostgresDatabase.Builder builder() {
        return PostgresDatabase.builder().url(server.jdbcUrl()).schema(schema).poolSize(4);
    }

    private void execute(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
