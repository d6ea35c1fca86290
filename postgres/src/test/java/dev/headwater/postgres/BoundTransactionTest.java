package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.store.EventStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A data source that gives the thread of a running transaction the connection of that transaction. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BoundTransactionTest {

    private final EmbeddedDatabase server = TestServers.newest();
    private final String schema = TestServers.freshSchema();
    private final HikariDataSource pool = pool();
    private @Nullable Connection bound;

    private HikariDataSource pool() {
        var config = new HikariConfig();
        config.setJdbcUrl(server.jdbcUrl());
        config.setMaximumPoolSize(4);
        return new HikariDataSource(config);
    }

    @BeforeEach
    void createTable() {
        TestServers.open(server, schema).close();
        Setting.execute(server, "CREATE TABLE " + schema + ".work (text text)");
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void theWorkOfARunningTransactionIsNeitherCommittedNorBroken() throws SQLException {
        try (var database = open();
                var connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            work(connection);
            bound = connection;

            assertRefused(() -> store(database).append(Events.one("a-1", 1)));
            assertRefused(() -> store(database).readLog(0).toList());
            assertRefused(() -> database.subscriptionStorage().register("s", 1, 0));
            assertRefused(() -> database.subscriptionStorage().renew("i", Set.of("s"), Duration.ofMinutes(1)));

            bound = null;
            work(connection);
            connection.rollback();
        }
        assertThat(rows()).isZero();
    }

    @Test
    void aTransactionThatHasNotSentAStatementYetIsLeftAlone() throws SQLException {
        try (var database = open();
                var connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            bound = connection;
            assertRefused(() -> store(database).append(Events.one("a-1", 1)));
            bound = null;

            assertThat(connection.getAutoCommit()).isFalse();
            work(connection);
            connection.rollback();
        }
        assertThat(rows()).isZero();
    }

    @Test
    void aDatabaseIsNotOpenedInARunningTransaction() throws SQLException {
        try (var connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            work(connection);
            bound = connection;

            assertRefused(this::open);
            bound = null;
            connection.rollback();
        }
        assertThat(rows()).isZero();
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("inside of a transaction")
                .hasMessageContaining("within(connection)");
    }

    private PostgresDatabase open() {
        return PostgresDatabase.builder().dataSource(proxy()).schema(schema).open();
    }

    private static EventStore store(PostgresDatabase database) {
        return Events.store(database.eventStorage());
    }

    private void work(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("INSERT INTO " + schema + ".work VALUES ('the caller''s')");
        }
    }

    private int rows() throws SQLException {
        try (var connection = pool.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT count(*) FROM " + schema + ".work")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** The pool, but with the bound connection while there is one; closing that does nothing. */
    private DataSource proxy() {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, arguments) -> {
                    var connection = bound;
                    return connection != null && method.getName().equals("getConnection")
                            ? unclosed(connection)
                            : method.invoke(pool, arguments);
                });
    }

    private static Connection unclosed(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                BoundTransactionTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (self, method, arguments) -> {
                    try {
                        return method.getName().equals("close") ? null : method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
