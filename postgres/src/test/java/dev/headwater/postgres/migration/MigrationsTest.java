package dev.headwater.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.Events;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.postgres.TestServers;
import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.StoreUnavailableException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
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
        execute("INSERT INTO " + schema + ".migrations VALUES (99, 'V99__later.sql', 'x')");

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
