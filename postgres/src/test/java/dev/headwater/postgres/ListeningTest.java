package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.store.EventStore;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.testkit.Await;
import dev.headwater.testkit.TcpProxy;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** Where the connection that listens for new events comes from. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ListeningTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final EmbeddedDatabase server = TestServers.newest();
    private final String schema = TestServers.freshSchema();
    private final AtomicInteger hints = new AtomicInteger();
    private final Set<Integer> others = allListeners();

    @Test
    void theListenerHasAConnectionOfItsOwnAndNoneOfThePool() {
        try (var database = TestServers.open(server, schema);
                var other = TestServers.open(server, schema)) {
            hearFrom(database, other);

            var pool = ((HikariDataSource) database.dataSource()).getHikariPoolMXBean();
            assertThat(listeners()).hasSize(1);
            Await.until("nothing of the pool is in use", LIMIT, () -> pool.getActiveConnections() == 0);
        }
        Await.until("the listener is gone", LIMIT, () -> listeners().isEmpty());
    }

    @Test
    void aListenerWhoseConnectionBreaksGetsAnotherOne() {
        try (var database = TestServers.open(server, schema);
                var other = TestServers.open(server, schema)) {
            hearFrom(database, other);
            int process = listeners().iterator().next();
            Setting.execute(server, "SELECT pg_terminate_backend(" + process + ")");
            Await.until("it has broken", LIMIT, () -> !listeners().contains(process));

            hearFrom(database, other);
            assertThat(listeners()).hasSize(1);
        }
    }

    @Test
    void aConnectionOfTheApplicationsIsGivenBackAgainAndAgainWhileTheListenerHearsAll() {
        var source = new CountedSource(server);
        try (var database = PostgresDatabase.builder()
                        .dataSource(source.proxy())
                        .schema(schema)
                        .open();
                var other = TestServers.open(server, schema)) {
            hearFrom(database, other);
            int before = source.returned.get();
            Await.until("it came back twice more", LIMIT, () -> source.returned.get() >= before + 2);
            hearFrom(database, other);
            assertThat(source.lent.get() - source.returned.get()).isLessThanOrEqualTo(1);
        }
        assertThat(source.lent.get()).isEqualTo(source.returned.get());
    }

    /** The first connection that the listener gets falls silent before it listens. */
    @Test
    void aListenerWhoseConnectionFallsSilentGetsAnotherOne() {
        var source = new CountedSource(server);
        try (var proxy = TcpProxy.to(server.jdbcUrl());
                var other = TestServers.open(server, schema)) {
            source.silenceListener(proxy);
            try (var database = PostgresDatabase.builder()
                    .dataSource(source.proxy())
                    .schema(schema)
                    .open()) {
                var hearing = database.eventStorage().onAppend(hints::incrementAndGet);
                Await.until("what it says is lost", LIMIT, () -> proxy.lostPackets() > 0);
                proxy.release();

                hearFrom(database, other);
                hearing.close();
            }
        }
    }

    @Test
    void besideADataSourceAUrlOfItsOwnIsListenedOn() {
        var source = new CountedSource(server);
        try (var database = PostgresDatabase.builder()
                        .dataSource(source.proxy())
                        .listenUrl(server.jdbcUrl())
                        .schema(schema)
                        .open();
                var other = TestServers.open(server, schema)) {
            int before = source.lent.get();
            hearFrom(database, other);
            assertThat(source.lent.get()).isEqualTo(before);
            assertThat(listeners()).hasSize(1);
        }
    }

    @Test
    void behindAPoolerNobodyListensAndEventsAreFoundByPolling() {
        var bouncer = PgBouncer.before(server);
        var seen = new AtomicInteger();
        try (var database = PostgresDatabase.builder()
                        .url(bouncer.jdbcUrl() + "&prepareThreshold=0")
                        .schema(schema)
                        .open();
                var store = new EventStore(database.eventStorage(), Events.TYPES);
                var subscriptions = new Subscriptions<>(store, database.subscriptionStorage());
                var other = TestServers.open(server, schema)) {
            subscriptions.start(
                    Subscription.named("seen").projecting((events, transaction) -> seen.addAndGet(events.size())));
            for (int i = 1; i <= 3; i++) {
                Events.store(other.eventStorage()).append(Events.one("a-1", i));
                int expected = i;
                Await.until("event " + i + " is found", LIMIT, () -> seen.get() == expected);
            }
            // The look whether a pooler is there may still be under way.
            Await.until("nobody listens", LIMIT, () -> listeners().isEmpty());
        }
    }

    @Test
    void closingDoesNotWaitForADataSourceThatGivesOutNothing() {
        var source = new CountedSource(server);
        var database = PostgresDatabase.builder()
                .dataSource(source.proxy())
                .schema(schema)
                .open();
        var blocked = source.block();
        database.eventStorage().onAppend(() -> {});
        Await.until("the listener waits for a connection", LIMIT, () -> source.waiting.get() > 0);

        database.close(Duration.ofMillis(100));

        assertThat(source.waiting.get()).as("still waiting").isEqualTo(1);
        blocked.countDown();
        Await.until(
                "it ends when it can",
                LIMIT,
                () -> source.waiting.get() == 0 && source.lent.get() == source.returned.get());
    }

    /** Appends in one database, and waits until the other one has heard of it. */
    private void hearFrom(PostgresDatabase database, PostgresDatabase other) {
        var hearing = database.eventStorage().onAppend(hints::incrementAndGet);
        int before = hints.get();
        Events.store(other.eventStorage()).append(Events.one("a-1", 1));
        Await.until("there is a hint", LIMIT, () -> hints.get() > before);
        hearing.close();
    }

    /** The server processes of the listeners of this test. */
    private Set<Integer> listeners() {
        var processes = new HashSet<>(allListeners());
        processes.removeAll(others);
        return processes;
    }

    /** A pooler keeps the server process of a session that went away after its first look, under the same name. */
    private Set<Integer> allListeners() {
        var processes = new HashSet<Integer>();
        try (var connection = DriverManager.getConnection(server.jdbcUrl());
                var statement = connection.createStatement();
                var row = statement.executeQuery("""
                        SELECT pid FROM pg_stat_activity
                        WHERE application_name = 'headwater listener' AND query <> 'SELECT pg_backend_pid()'""")) {
            while (row.next()) {
                processes.add(row.getInt(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return processes;
    }

    /** A data source without a pool that counts what it gives out and what comes back, and may give out nothing. */
    private static final class CountedSource {

        final AtomicInteger lent = new AtomicInteger();
        final AtomicInteger returned = new AtomicInteger();
        final AtomicInteger waiting = new AtomicInteger();
        private final PGSimpleDataSource source = new PGSimpleDataSource();
        private final AtomicReference<TcpProxy> silenced = new AtomicReference<>();
        private final EmbeddedDatabase server;
        private volatile CountDownLatch open = new CountDownLatch(0);

        CountedSource(EmbeddedDatabase server) {
            this.server = server;
            source.setUrl(server.jdbcUrl());
        }

        void silenceListener(TcpProxy through) {
            source.setUrl(through.through(server.jdbcUrl()));
            silenced.set(through);
        }

        CountDownLatch block() {
            open = new CountDownLatch(1);
            return open;
        }

        DataSource proxy() {
            return (DataSource) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, arguments) -> {
                        if (!method.getName().equals("getConnection")) {
                            return method.invoke(source, arguments);
                        }
                        waiting.incrementAndGet();
                        try {
                            open.await();
                        } finally {
                            waiting.decrementAndGet();
                        }
                        lent.incrementAndGet();
                        var connection = source.getConnection();
                        boolean isListener = Thread.currentThread().getName().equals("headwater listener");
                        var through = isListener ? silenced.getAndSet(null) : null;
                        if (through != null) {
                            through.lose();
                        }
                        return counted(connection);
                    });
        }

        private Connection counted(Connection connection) {
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                        try {
                            var result = method.invoke(connection, arguments);
                            if (method.getName().equals("close")) {
                                returned.incrementAndGet();
                            }
                            return result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
