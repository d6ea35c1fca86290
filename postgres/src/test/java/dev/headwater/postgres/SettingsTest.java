package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.failure.PostgresException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** What a connection may be set to, and what is said where it cannot be used. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SettingsTest {

    private final EmbeddedDatabase server = TestServers.newest();
    private final String schema = TestServers.freshSchema();

    @Test
    void aDriverThatSendsStatementsOneByOneIsRefusedWithTheRemedy() {
        assertThatThrownBy(() ->
                        builder(server.jdbcUrl() + "&preferQueryMode=simple").open())
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("preferQueryMode=simple")
                .hasMessageContaining("prepareThreshold=0");
    }

    @Test
    void anAppendInATransactionOfSuchADriverWorks() throws SQLException {
        try (var database = builder(server.jdbcUrl()).open();
                var connection = DriverManager.getConnection(server.jdbcUrl() + "&preferQueryMode=simple")) {
            connection.setAutoCommit(false);
            var inside = Events.store(database.eventStorage().within(connection));
            inside.append(Events.one("a-1", 1));
            inside.append(Events.one("a-1", 2));
            connection.commit();

            assertThat(Events.requireOrder(Events.store(database.eventStorage())))
                    .hasSize(2);
        }
    }

    @Test
    void aDataSourceWhoseSessionsAreUnfitIsRefusedWithTheStatementsThatHelp() {
        role("""
                ALTER ROLE %1$s SET default_transaction_isolation = 'repeatable read';
                ALTER ROLE %1$s SET default_transaction_read_only = on;
                ALTER ROLE %1$s SET standard_conforming_strings = off""");
        var source = source();

        assertThatThrownBy(() -> PostgresDatabase.builder()
                        .dataSource(source)
                        .schema(schema)
                        .open())
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("default_transaction_isolation = 'repeatable read'")
                .hasMessageContaining("ALTER ROLE \"" + schema + "\" SET default_transaction_read_only = 'off';")
                .hasMessageContaining("ALTER ROLE \"" + schema + "\" SET standard_conforming_strings = 'on';");
    }

    @Test
    void behindAPoolerUnfitSessionsAreRefusedSinceTheyCannotBeSet() {
        role("ALTER ROLE %1$s SET default_transaction_isolation = 'serializable'");
        var bouncer = PgBouncer.before(server, schema, "right");

        assertThatThrownBy(
                        () -> builder(bouncer.jdbcUrl() + "&prepareThreshold=0").open())
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("connection pooler")
                .hasMessageContaining("SET default_transaction_isolation = 'read committed';");
    }

    @Test
    void aWrongPasswordIsNoReasonToTryAgain() {
        role("SELECT 1");
        assertRefusedWithoutPassword(
                () -> PostgresDatabase.builder()
                        .url(Setting.withoutUser(server))
                        .credentials(schema, "mistaken")
                        .open(),
                "password authentication failed");
        assertRefusedWithoutPassword(
                () -> PostgresDatabase.builder()
                        .url(server.jdbcUrl().replaceFirst("password=[^&]*", "password=mistaken"))
                        .open(),
                "password authentication failed");
    }

    @Test
    void aDatabaseThatDoesNotExistIsNoReasonToTryAgain() {
        assertThatThrownBy(() -> PostgresDatabase.builder()
                        .url(server.jdbcUrl().replace("/postgres?", "/missing?"))
                        .open())
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("\"missing\" does not exist");
    }

    private static void assertRefusedWithoutPassword(ThrowingCallable open, String reason) {
        assertThatThrownBy(open)
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining(reason)
                .satisfies(e -> assertThat(trace(e)).doesNotContain("mistaken"));
    }

    private static String trace(Throwable e) {
        var text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private PostgresDatabase.Builder builder(String url) {
        return PostgresDatabase.builder().url(url).schema(schema).poolSize(4);
    }

    /** A role named like the schema. */
    private void role(String settings) {
        Setting.execute(server, "CREATE ROLE " + schema + " LOGIN PASSWORD 'right'; " + settings.formatted(schema));
    }

    private PGSimpleDataSource source() {
        var source = new PGSimpleDataSource();
        source.setUrl(Setting.withoutUser(server));
        source.setUser(schema);
        source.setPassword("right");
        return source;
    }
}
