package dev.headwater.postgres.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.postgres.Events;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.postgres.TestServers;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.DeadLetterOffice;
import dev.headwater.subscription.DeadLetters.Count;
import dev.headwater.subscription.DeadLetters.Pace;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.SubscriptionStorage;
import dev.headwater.testkit.Await;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the tables of subscriptions do besides what every storage has to. */
@Timeout(120)
final class DeliveryTablesTest {

    private static final String NAME = "orders";
    private static final String OWNER = "instance-a";
    private static final Duration LEASE = Duration.ofHours(1);

    private final String schema = TestServers.freshSchema();
    private final PostgresDatabase database = TestServers.open(TestServers.newest(), schema);
    private final SubscriptionStorage<Connection> storage = database.subscriptionStorage();
    private Holding holding;

    @BeforeEach
    void own() {
        storage.register(NAME, 16, 0);
        storage.renew(OWNER, Set.of(NAME), LEASE);
        holding = storage.holding(NAME, OWNER);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void advance(long to) throws Exception {
        var moves = Map.of(0, Checkpoint.at(to));
        try (var page = storage.begin(NAME, holding, moves)) {
            page.commit();
        }
        holding = holding.moved(moves);
    }

    @Test
    void rowsOfCheckpointsDoNotPileUpAndLeaveWithTheirOwner() throws Exception {
        for (int i = 1; i <= 400; i++) {
            advance(i);
        }

        assertThat(count("subscription_checkpoints")).isBetween(1L, 192L);
        assertThat(storage.holding(NAME, OWNER)).isEqualTo(holding);

        storage.leave(NAME, OWNER);
        assertThat(count("subscription_checkpoints")).isZero();
        storage.renew("instance-b", Set.of(NAME), LEASE);
        assertThat(storage.segments(NAME).getFirst().position()).isEqualTo(400);
    }

    @Test
    void rowsOfAnOwnerThatDiedGoWithItsLastSegment() throws Exception {
        advance(7);
        storage.renew(OWNER, Set.of(NAME), Duration.ofMillis(1));

        Await.until("the segments are claimed", Duration.ofSeconds(30), () -> {
            storage.renew("instance-b", Set.of(NAME), LEASE);
            return storage.holding(NAME, "instance-b").claims().size() == 16;
        });

        assertThat(count("subscription_checkpoints")).isZero();
        assertThat(storage.segments(NAME).getFirst().position()).isEqualTo(7);
    }

    @Test
    void aTableThatSomebodyHasLockedIsADatabaseThatIsUnavailable() throws Exception {
        try (var connection = DriverManager.getConnection(TestServers.newest().jdbcUrl())) {
            connection.setAutoCommit(false);
            execute(
                    connection,
                    "LOCK TABLE " + schema + ".subscription_checkpoints, " + schema + ".subscription_segments");

            assertThatThrownBy(() -> storage.begin(NAME, holding, Map.of()))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining(NAME);
            assertThatThrownBy(() -> storage.renew(OWNER, Set.of(NAME), LEASE))
                    .isInstanceOf(StoreUnavailableException.class);
        }
        advance(3);
    }

    @Test
    void aTransactionIsBrokenOffByAnotherThread() throws Exception {
        try (var page = storage.begin(NAME, holding, Map.of(0, Checkpoint.at(9)))) {
            var work = CompletableFuture.runAsync(() -> {
                try {
                    execute(page.transaction(), "SELECT pg_sleep(3600)");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            page.abort();
            assertThatThrownBy(work::join).hasCauseInstanceOf(IllegalStateException.class);
            assertThatThrownBy(page::commit).isInstanceOf(SQLException.class);
        }
        assertThat(storage.holding(NAME, OWNER)).isEqualTo(holding);
    }

    @Test
    void manyLettersAreRetriedAndDiscardedInChunksAtOnePace() throws Exception {
        execute("INSERT INTO " + schema + ".dead_letters (subscription, position, segment, attempts, event_id, state,"
                + " sequence_key, type, stream, exception_class, message, stack_trace, fingerprint)"
                + " SELECT 'orders', n, n % 16, 1, gen_random_uuid(), 'PARKED', 'key-' || n % 2300, 't', 's', 'E', 'm',"
                + " 'e', 'f' FROM generate_series(1, 2500) n");

        assertThat(database.deadLetters().count(DeadLetterFilter.of(NAME))).isEqualTo(new Count(2500, 2300));
        assertThat(database.deadLetters().retry(DeadLetterFilter.of(NAME), new Pace(1), "anna"))
                .isEqualTo(2500);

        var due = database.deadLetters().list(DeadLetterFilter.of(NAME), 2500).stream()
                .flatMap(letter -> letter.nextRetry().stream())
                .toList();
        var first = due.getFirst();
        assertThat(due)
                .isEqualTo(
                        LongStream.range(0, 2300).mapToObj(first::plusSeconds).toList());
        assertThat(database.deadLetters().discard(DeadLetterFilter.of(NAME), "anna", "tests"))
                .isEqualTo(2500);
        assertThat(count("dead_letter_decisions")).isEqualTo(5000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RAISE EXCEPTION 'busy' USING ERRCODE = '55P03' | nothing was changed",
                "PERFORM pg_terminate_backend(pg_backend_pid()) | whether it was done is not known"
            })
    void whoDecidesManyLettersIsToldHowManyAreDecidedWhenThatIsCutOff(String statement, String told) throws Exception {
        execute("INSERT INTO " + schema + ".dead_letters (subscription, position, segment, attempts, event_id, state,"
                + " sequence_key, type, stream, exception_class, message, stack_trace, fingerprint)"
                + " SELECT 'orders', n, n % 16, 1, gen_random_uuid(), 'PARKED', 'key-' || n, 't', 's', 'E', 'm',"
                + " 'e', 'f' FROM generate_series(1, 2500) n");
        execute("CREATE FUNCTION " + schema + ".cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + statement
                + "; RETURN NEW; END $$");
        execute("CREATE TRIGGER cut BEFORE UPDATE ON " + schema + ".dead_letters FOR EACH ROW"
                + " WHEN (NEW.position = 1500) EXECUTE FUNCTION " + schema + ".cut()");

        assertThatThrownBy(() -> database.deadLetters().retry(DeadLetterFilter.of(NAME), new Pace(1), "anna"))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("after 1000 that stay decided")
                .hasMessageContaining(told);

        assertThat(count("dead_letter_decisions")).isEqualTo(1000);
    }

    @Test
    void moreEditAtOnceThanThereAreConnections() throws Exception {
        var store = new EventStore(database.eventStorage(), Events.TYPES);
        for (int i = 1; i <= 10; i++) {
            store.append(Events.one("a-" + i, i));
        }
        execute("INSERT INTO " + schema + ".dead_letters (subscription, position, segment, attempts, event_id, state,"
                + " sequence_key, type, stream) SELECT 'orders', n, 0, 1, gen_random_uuid(), 'PARKED', 'a-' || n, 't',"
                + " 's' FROM generate_series(1, 10) n");
        var office = new DeadLetterOffice(store, database.deadLetters());

        try (var people = Executors.newVirtualThreadPerTaskExecutor()) {
            var edits = IntStream.rangeClosed(1, 10)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> office.editAsNew(NAME, i, new Events.Counted(-i), "anna", "a typo"), people))
                    .toList();
            edits.forEach(CompletableFuture::join);
        }

        assertThat(store.headPosition()).isEqualTo(20);
        assertThat(database.deadLetters().list(DeadLetterFilter.of(NAME), 20))
                .extracting(DeadLetter::state)
                .containsOnly(DeadLetter.State.DISCARDED);
    }

    @Test
    void aLetterOfAnotherSegmentIsNotReplaced() throws Exception {
        for (var segment : List.of(1, 2)) {
            execute("INSERT INTO " + schema + ".dead_letters (subscription, position, segment, attempts, event_id,"
                    + " state, sequence_key, type, stream) VALUES ('orders', 1, " + segment + ", 1,"
                    + " gen_random_uuid(), 'PARKED', 'key-" + segment + "', 't', 's')");
        }

        var letters = database.deadLetters().list(DeadLetterFilter.of(NAME), 10);
        assertThat(letters).extracting(DeadLetter::sequenceKey).containsExactly("key-1", "key-2");
        assertThat(database.deadLetters().list(DeadLetterFilter.of(NAME), letters.getFirst(), 10))
                .containsExactly(letters.getLast());
        try (var page = storage.begin(NAME, holding, Map.of())) {
            assertThat(page.settle(letters.getFirst())).isTrue();
            page.commit();
        }
        assertThat(database.deadLetters().list(DeadLetterFilter.of(NAME), 10)).containsExactly(letters.getLast());
    }

    private long count(String table) throws SQLException {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT count(*) FROM " + schema + "." + table)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = database.dataSource().getConnection()) {
            execute(connection, sql);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
