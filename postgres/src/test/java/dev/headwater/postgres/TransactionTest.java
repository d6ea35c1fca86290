package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.Envelope;
import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.store.Append;
import dev.headwater.store.AppendCondition;
import dev.headwater.store.AppendConditionException;
import dev.headwater.store.ConcurrencyException;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.Await;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TransactionTest {

    private final EmbeddedDatabase server = TestServers.newest();
    private final PostgresDatabase database = PostgresDatabase.builder()
            .url(server.jdbcUrl())
            .schema(TestServers.freshSchema())
            .poolSize(4)
            .lockTimeout(Duration.ofMillis(300))
            .open();
    private final PostgresEventStorage storage = database.eventStorage();
    private final EventStore store = Events.store(storage);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void anAppendBecomesVisibleWhenTheCallersTransactionCommits() throws SQLException {
        try (var connection = transaction()) {
            var inside = Events.store(storage.within(connection));
            var result = inside.append(Events.one("a-1", 1));

            assertThat(inside.readLog(0)).hasSize(1);
            assertThat(store.readLog(0)).isEmpty();

            connection.commit();
            assertThat(store.readLog(0).findFirst().orElseThrow().position()).isEqualTo(result.firstPosition());
        }
    }

    @Test
    void anAppendThatIsRolledBackLeavesNoTrace() throws SQLException {
        try (var connection = transaction()) {
            Events.store(storage.within(connection)).append(Events.one("a-1", 1));
            connection.rollback();
        }
        assertThat(store.headPosition()).isZero();
        assertThat(store.append(Events.one("a-1", 2)).firstPosition()).isEqualTo(1);
        Events.requireOrder(store);
    }

    @Test
    void aRefusedAppendLeavesTheTransactionUsable() throws SQLException {
        store.append(Events.one("a-1", 1));
        try (var connection = transaction()) {
            var inside = Events.store(storage.within(connection));
            assertThatThrownBy(
                            () -> inside.append(new StreamId("a-1"), ExpectedVersion.noStream(), new Events.Counted(2)))
                    .isInstanceOf(ConcurrencyException.class);
            inside.append(Events.one("a-1", 3));
            connection.commit();
        }
        assertThat(Events.requireOrder(store)).hasSize(2);
    }

    @Test
    void aRepeatedAppendReturnsTheOriginalResult() throws SQLException {
        var append = Events.one("a-1", 1);
        var original = store.append(append);
        try (var connection = transaction()) {
            assertThat(Events.store(storage.within(connection)).append(append)).isEqualTo(original);
            connection.commit();
        }
        assertThat(Events.requireOrder(store)).hasSize(1);
    }

    @Test
    void aStricterIsolationLevelIsRefused() throws SQLException {
        try (var connection = transaction()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            assertThatThrownBy(() -> Events.store(storage.within(connection)).append(Events.one("a-1", 1)))
                    .isInstanceOf(PostgresException.class)
                    .hasMessageContaining("READ COMMITTED")
                    .hasMessageContaining("REPEATABLE READ");
        }
    }

    @Test
    void aConnectionInAutoCommitModeIsRefused() throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl())) {
            assertThatThrownBy(() -> Events.store(storage.within(connection)).append(Events.one("a-1", 1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("setAutoCommit(false)");
        }
    }

    @Test
    void anAppendThatWaitsTooLongNamesTheBackendThatHoldsTheLock() throws SQLException {
        try (var holder = transaction()) {
            Events.store(storage.within(holder)).append(Events.one("a-1", 1));
            int pid = pid(holder);

            assertThatThrownBy(() -> store.append(Events.one("a-1", 2)))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("backend " + pid);
            try (var second = transaction()) {
                assertThatThrownBy(() -> Events.store(storage.within(second)).append(Events.one("a-1", 3)))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining("backend " + pid);
            }
            holder.commit();
        }
        assertThat(Events.requireOrder(store)).hasSize(1);
    }

    @Test
    void theLockTimeoutOfTheCallersTransactionStaysAsItWas() throws SQLException {
        try (var connection = transaction();
                var statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '77s'");
            Events.store(storage.within(connection)).append(Events.one("a-1", 1));
            try (var row = statement.executeQuery("SHOW lock_timeout")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("77s");
            }
        }
    }

    @Test
    void aTransactionThatTookItsIdEarlyAndAppendsLateIsNotSkipped() throws SQLException {
        try (var early = transaction();
                var statement = early.createStatement()) {
            statement.execute("SELECT pg_current_xact_id()");
            store.append(Events.one("a-1", 1));
            long seen =
                    store.readLog(0).reduce((first, last) -> last).orElseThrow().position();

            Events.store(storage.within(early)).append(Events.one("a-2", 2));
            assertThat(store.readLog(seen)).isEmpty();
            early.commit();

            assertThat(store.readLog(seen).map(event -> event.stream().name())).containsExactly("a-2");
        }
        Events.requireOrder(store);
    }

    @Test
    void aLongTransactionInAnotherDatabaseDelaysNobody() throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl());
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE elsewhere");
        }
        var url = server.jdbcUrl().replaceFirst("(jdbc:postgresql://[^/]+/)[^?]*", "$1elsewhere");
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT pg_current_xact_id()");
            store.append(Events.one("a-1", 1));
            assertThat(store.readLog(0)).hasSize(1);
        }
    }

    @Test
    void aTagConditionSeesWhatWasCommittedWhileItWaited() throws Exception {
        var tags = Set.of("seat:1");
        var condition = AppendCondition.noneMatching(EventQuery.withTags(tags), 0);
        try (var first = transaction()) {
            Events.store(storage.within(first)).append(tagged("a-1", tags).onlyIf(condition));
            var second = CompletableFuture.supplyAsync(() -> {
                try {
                    store.append(tagged("a-2", tags).onlyIf(condition));
                    return "accepted";
                } catch (AppendConditionException e) {
                    return "refused";
                }
            });
            Await.until("the second one waits", Duration.ofSeconds(5), this::somebodyWaits);
            first.commit();
            assertThat(second.get()).isEqualTo("refused");
        }
    }

    private boolean somebodyWaits() {
        try (var connection = DriverManager.getConnection(server.jdbcUrl());
                var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")) {
            row.next();
            return row.getInt(1) > 0;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Append tagged(String stream, Set<String> tags) {
        var event = new NewEvent(Envelope.of(new Events.Counted(1)), tags);
        return Append.to(new StreamId(stream), ExpectedVersion.any(), List.of(event));
    }

    private Connection transaction() throws SQLException {
        var connection = DriverManager.getConnection(server.jdbcUrl());
        connection.setAutoCommit(false);
        return connection;
    }

    private static int pid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }
}
