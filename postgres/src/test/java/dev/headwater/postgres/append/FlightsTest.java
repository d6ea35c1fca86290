package dev.headwater.postgres.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.Events;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.postgres.TestServers;
import dev.headwater.store.Append;
import dev.headwater.store.AppendResult;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.Await;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/** What flights of many appends tell each of their callers. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FlightsTest {

    private static final int WRITERS = 32;

    private final EmbeddedDatabase server = TestServers.newest();
    private final String schema = TestServers.freshSchema();
    private final PostgresDatabase database = TestServers.open(server, schema);
    private final EventStore store = Events.store(database.eventStorage());

    @AfterEach
    void close() {
        Events.requireOrder(store);
        database.close();
    }

    @Test
    void repetitionsAmongOtherAppendsAreAnsweredWithTheirOriginalResults() throws Exception {
        var originals = new ConcurrentHashMap<Append, AppendResult>();
        try (var other = TestServers.open(server, schema)) {
            var otherStore = Events.store(other.eventStorage());
            for (int i = 0; i < 50; i++) {
                var append = Events.one("a-" + i % 3, i);
                originals.put(append, otherStore.append(append));
            }
        }
        var results = new ConcurrentHashMap<Append, AppendResult>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            originals.keySet().forEach(append -> threads.execute(() -> results.put(append, store.append(append))));
            for (int i = 0; i < 200; i++) {
                var append = Events.one("a-" + i % 5, i);
                threads.execute(() -> results.put(append, store.append(append)));
            }
        }

        assertThat(results).hasSize(250).containsAllEntriesOf(originals);
        requireStoredWhereAcknowledged(results);
        results.forEach((append, result) -> assertThat(store.append(append)).isEqualTo(result));
        assertThat(store.headPosition()).isEqualTo(250);
    }

    @Test
    void theSameAppendByManyCallersAtOnceIsStoredOnce() {
        var append = Events.one("a-1", 1);
        var results = new ConcurrentLinkedQueue<AppendResult>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < WRITERS; i++) {
                threads.execute(() -> results.add(store.append(append)));
            }
        }

        assertThat(results).hasSize(WRITERS).containsOnly(results.peek());
        assertThat(store.headPosition()).isEqualTo(1);
    }

    @Test
    void aRefusalIsMadeOnTheThreadOfItsCaller() {
        store.append(Events.one("a-1", 1));
        var refusals = new ConcurrentHashMap<Integer, ConcurrencyException>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < WRITERS; i++) {
                int number = i;
                threads.execute(() -> {
                    try {
                        if (number % 2 == 0) {
                            contend(number);
                        } else {
                            contendElsewhere(number);
                        }
                    } catch (ConcurrencyException e) {
                        refusals.put(number, e);
                    }
                });
            }
        }

        assertThat(refusals).hasSize(WRITERS - 1);
        refusals.forEach((number, refusal) -> assertThat(Arrays.stream(refusal.getStackTrace())
                        .map(StackTraceElement::getMethodName)
                        .filter(method -> method.startsWith("contend")))
                .containsExactly(number % 2 == 0 ? "contend" : "contendElsewhere"));
    }

    private void contend(int number) {
        store.append(new StreamId("a-1"), ExpectedVersion.exactly(1), new Events.Counted(number));
    }

    private void contendElsewhere(int number) {
        store.append(new StreamId("a-1"), ExpectedVersion.exactly(1), new Events.Counted(number));
    }

    @Test
    void allAppendsThatWaitForALockAreToldWhoHoldsItOnAnyDataSource() throws Exception {
        var source = new PGSimpleDataSource();
        source.setUrl(server.jdbcUrl());
        try (var impatient = PostgresDatabase.builder()
                        .dataSource(source)
                        .schema(schema)
                        .lockTimeout(Duration.ofMillis(500))
                        .open();
                var holder = transaction()) {
            Events.store(database.eventStorage().within(holder)).append(Events.one("a-1", 1));
            var failures = failuresOfWriters(Events.store(impatient.eventStorage()));
            holder.rollback();

            assertThat(failures)
                    .hasSize(WRITERS)
                    .allSatisfy(failure -> assertThat(failure)
                            .isInstanceOf(StoreUnavailableException.class)
                            .hasMessageContaining("backend " + pid(holder)));
        }
        assertThat(store.headPosition()).isZero();
    }

    @Test
    void aLockOnATableIsNamed() throws Exception {
        try (var impatient = impatient();
                var holder = transaction();
                var statement = holder.createStatement()) {
            statement.execute("LOCK TABLE " + schema + ".events IN ACCESS EXCLUSIVE MODE");

            assertThatThrownBy(() -> Events.store(impatient.eventStorage()).append(Events.one("a-1", 1)))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("backend " + pid(holder))
                    .hasMessageContaining("the table")
                    .hasMessageContaining("events");
            holder.rollback();
        }
    }

    @Test
    void aPreparedTransactionIsNamed() throws Exception {
        try (var ownServer = EmbeddedDatabase.builder()
                        .settings(Map.of("max_prepared_transactions", "2"))
                        .start();
                var impatient = PostgresDatabase.builder()
                        .url(ownServer.jdbcUrl())
                        .lockTimeout(Duration.ofMillis(300))
                        .open();
                var connection = DriverManager.getConnection(ownServer.jdbcUrl());
                var statement = connection.createStatement()) {
            statement.execute("BEGIN");
            statement.execute("INSERT INTO headwater.streams VALUES (1, 'a-1')");
            statement.execute("LOCK TABLE headwater.events IN EXCLUSIVE MODE");
            statement.execute("PREPARE TRANSACTION 'left behind'");

            assertThatThrownBy(() -> Events.store(impatient.eventStorage()).append(Events.one("a-1", 1)))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("prepared transaction 'left behind'");
            statement.execute("ROLLBACK PREPARED 'left behind'");
        }
    }

    @Test
    void connectionsThatTheApplicationBorrowsHaveNoLockTimeoutOfOurs() throws Exception {
        store.append(Events.one("a-1", 1));
        for (int i = 0; i < 4; i++) {
            try (var connection = database.dataSource().getConnection();
                    var statement = connection.createStatement();
                    var row = statement.executeQuery("SHOW lock_timeout")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("0");
                assertThat(connection.getNetworkTimeout()).isZero();
            }
        }
    }

    @Test
    void anAppendThatTheServerCannotTakeFailsAlone() throws Exception {
        execute("ALTER TABLE " + schema + ".events ADD CHECK (type <> 'counted' OR data->>'number' <> '13')");
        var failures = new ConcurrentLinkedQueue<RuntimeException>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < WRITERS; i++) {
                int number = i;
                threads.execute(() -> {
                    try {
                        store.append(Events.one("a-" + number % 3, number));
                    } catch (RuntimeException e) {
                        failures.add(e);
                    }
                });
            }
        }

        assertThat(failures).hasSize(1);
        assertThat(store.headPosition()).isEqualTo(WRITERS - 1);
    }

    @Test
    void interruptsConcernTheirOwnCallersOnly() throws Exception {
        var results = new ConcurrentHashMap<Append, AppendResult>();
        var unexpected = new ConcurrentLinkedQueue<RuntimeException>();
        var stop = new AtomicBoolean();
        var victims = new ArrayList<Thread>();
        var others = new ArrayList<Thread>();
        for (int i = 0; i < 12; i++) {
            var stream = "a-" + i;
            boolean isVictim = i % 3 == 0;
            var builder = i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
            (isVictim ? victims : others).add(builder.start(() -> {
                for (int n = 0; !stop.get(); n++) {
                    var append = Events.one(stream, n);
                    try {
                        results.put(append, store.append(append));
                    } catch (RuntimeException e) {
                        if (!isVictim || !e.getMessage().contains("interrupted before it was sent")) {
                            unexpected.add(e);
                        }
                    }
                    if (isVictim) {
                        Thread.interrupted();
                    }
                }
            }));
        }
        Await.until("much was appended under interrupts", Duration.ofSeconds(30), () -> {
            victims.forEach(Thread::interrupt);
            return results.size() > 500;
        });
        stop.set(true);
        for (var thread : List.of(victims, others)) {
            for (var one : thread) {
                one.join();
            }
        }

        assertThat(unexpected).isEmpty();
        requireStoredWhereAcknowledged(results);
        assertThat(store.headPosition()).isEqualTo(results.size());
    }

    private void requireStoredWhereAcknowledged(Map<Append, AppendResult> results) {
        var log = Events.requireOrder(store);
        results.forEach((append, result) -> {
            var event = log.get(Math.toIntExact(result.firstPosition()) - 1);
            assertThat(event.id()).isEqualTo(Events.id(append));
            assertThat(result.version(event.stream())).isEqualTo(event.version());
        });
    }

    private static List<RuntimeException> failuresOfWriters(EventStore store) {
        var failures = new ConcurrentLinkedQueue<RuntimeException>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, WRITERS)
                    .forEach(i -> threads.execute(() -> {
                        try {
                            store.append(Events.one("a-" + i % 3, i));
                        } catch (RuntimeException e) {
                            failures.add(e);
                        }
                    }));
        }
        return List.copyOf(failures);
    }

    private PostgresDatabase impatient() {
        return PostgresDatabase.builder()
                .url(server.jdbcUrl())
                .schema(schema)
                .poolSize(4)
                .lockTimeout(Duration.ofMillis(300))
                .open();
    }

    private Connection transaction() throws SQLException {
        var connection = DriverManager.getConnection(server.jdbcUrl());
        connection.setAutoCommit(false);
        return connection;
    }

    private static int pid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    private void execute(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
