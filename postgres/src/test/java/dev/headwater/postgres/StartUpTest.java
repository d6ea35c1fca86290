package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.testkit.TcpProxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StartUpTest {

    @Test
    void aServerThatCouldLoseEventsIsRefusedUnlessThatIsAllowed() {
        try (var server = EmbeddedDatabase.builder()
                .settings(Map.of("fsync", "off", "full_page_writes", "off"))
                .start()) {
            assertThatThrownBy(() -> TestServers.open(server, "unsafe"))
                    .isInstanceOf(PostgresException.class)
                    .hasMessageContaining("fsync is off")
                    .hasMessageContaining("full_page_writes is off")
                    .hasMessageContaining("allowUnsafeServer");
            try (var database = PostgresDatabase.builder()
                    .url(server.jdbcUrl())
                    .allowUnsafeServer()
                    .open()) {
                assertThat(database.eventStorage().headPosition()).isZero();
            }
        }
    }

    @Test
    void aRoleThatMayNotCreateTheSchemaIsRefusedWithTheReason() throws SQLException {
        var server = TestServers.newest();
        execute(server, "CREATE ROLE nobody_special LOGIN PASSWORD 'secret'");

        assertThatThrownBy(() -> as(server, "nobody_special", TestServers.freshSchema()))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("permission denied");
    }

    @Test
    void aRoleThatMayNotWriteEventsIsToldWhichRightsAreMissing() throws SQLException {
        var server = TestServers.newest();
        var schema = TestServers.freshSchema();
        TestServers.open(server, schema).close();
        execute(server, "CREATE ROLE reader LOGIN PASSWORD 'secret'");
        execute(server, "GRANT USAGE ON SCHEMA " + schema + " TO reader");
        execute(server, "GRANT SELECT ON ALL TABLES IN SCHEMA " + schema + " TO reader");

        assertThatThrownBy(() -> as(server, "reader", schema))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("'reader' lacks rights")
                .hasMessageContaining("GRANT INSERT ON TABLE \"" + schema + "\".events TO \"reader\";");
    }

    @Test
    void aSessionThatDoesNotWaitForTheDiskIsMadeToWait() throws SQLException {
        var server = TestServers.newest();
        try (var database = PostgresDatabase.builder()
                        .url(server.jdbcUrl() + (server.jdbcUrl().contains("?") ? "&" : "?")
                                + "options=-c%20synchronous_commit=off")
                        .schema(TestServers.freshSchema())
                        .open();
                var connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            Events.store(database.eventStorage().within(connection)).append(Events.one("a-1", 1));
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery("SHOW synchronous_commit")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("on");
            }
            connection.rollback();
        }
    }

    private static PostgresDatabase as(EmbeddedDatabase server, String role, String schema) {
        var source = new PGSimpleDataSource();
        source.setUrl(server.jdbcUrl());
        source.setUser(role);
        source.setPassword("secret");
        return PostgresDatabase.builder().dataSource(source).schema(schema).open();
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void aServerThatFallsSilentIsGivenUp() {
        var server = TestServers.newest();
        try (var proxy = TcpProxy.to(server.jdbcUrl())) {
            var source = new PGSimpleDataSource() {
                private static final long serialVersionUID = 1L;

                @Override
                public Connection getConnection() throws SQLException {
                    var connection = super.getConnection();
                    proxy.lose();
                    return connection;
                }
            };
            source.setUrl(proxy.through(server.jdbcUrl()));

            assertThatThrownBy(() -> PostgresDatabase.builder()
                            .dataSource(source)
                            .schema(TestServers.freshSchema())
                            .open())
                    .isInstanceOf(StoreUnavailableException.class);
        }
    }

    private static void execute(EmbeddedDatabase server, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
