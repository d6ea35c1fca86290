package dev.headwater.postgres.append;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.headwater.postgres.Events;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.postgres.TestServers;
import dev.headwater.testkit.TcpProxy;
import dev.headwater.testkit.TcpProxy.Afterwards;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

/** A pooler between client and server that does not tell which server process it uses. */
@Timeout(60)
class HiddenBackendTest {

    private static final int ROUNDS = 4;

    @Test
    void anAppendWhoseAnswerIsLostIsFoundByItsIds() throws Exception {
        var server = TestServers.newest();
        try (var network = TcpProxy.to(server.jdbcUrl());
                var pool = new HikariDataSource()) {
            pool.setJdbcUrl(network.through(server.jdbcUrl()));
            try (var database = PostgresDatabase.builder()
                    .dataSource(hidingBackends(pool))
                    .schema(TestServers.freshSchema())
                    .lockTimeout(Duration.ofSeconds(1))
                    .appendPatience(Duration.ofSeconds(8))
                    .open()) {
                var store = Events.store(database.eventStorage());
                for (int i = 1; i <= ROUNDS; i++) {
                    network.loseReply(1, Afterwards.CUT); // now and then it hits the announcement of the one before
                    assertThat(store.append(Events.one("a-1", i)).firstPosition())
                            .isEqualTo(i);
                }
                assertThat(network.lostReplies()).isPositive();
                assertThat(Events.requireOrder(store)).hasSize(ROUNDS);
            }
        }
    }

    private static DataSource hidingBackends(DataSource source) {
        return proxy(DataSource.class, (proxy, method, arguments) -> {
            var result = call(source, method, arguments);
            return result instanceof Connection connection ? hidingBackend(connection) : result;
        });
    }

    private static Connection hidingBackend(Connection connection) {
        return proxy(Connection.class, (proxy, method, arguments) -> {
            if (method.getName().equals("unwrap") && arguments[0] == PGConnection.class) {
                var driver = connection.unwrap(PGConnection.class);
                return proxy(
                        PGConnection.class,
                        (hiding, asked, values) ->
                                asked.getName().equals("getBackendPID") ? (Object) 0 : call(driver, asked, values));
            }
            return call(connection, method, arguments);
        });
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
