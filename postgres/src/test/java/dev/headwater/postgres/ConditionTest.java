package dev.headwater.postgres;

import static dev.headwater.store.AppendCondition.noneMatching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headwater.Envelope;
import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.store.Append;
import dev.headwater.store.AppendConditionException;
import dev.headwater.store.EventQuery;
import dev.headwater.store.EventQuery.Criterion;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.NewEvent;
import dev.headwater.store.StreamId;
import dev.headwater.testkit.Await;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Conditions of appends, looked up before the critical section and once more in it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ConditionTest {

    private static final EventQuery NEVER = EventQuery.ofTypes(Set.of("never"));

    /** Of events in one chunk of the summary that tells where types and categories occur. */
    private static final int CHUNK = 1_024;

    private final EmbeddedDatabase server = TestServers.newest();
    private final String schema = TestServers.freshSchema();
    private final PostgresDatabase database = TestServers.open(server, schema);
    private final PostgresEventStorage storage = database.eventStorage();
    private final EventStore store = Events.store(storage);

    @AfterEach
    void close() {
        database.close();
    }

    static List<EventQuery> queriesForASeat() {
        return List.of(
                EventQuery.ofTypes(Set.of("counted")),
                EventQuery.ofCategories(Set.of("seat")),
                EventQuery.withTags(Set.of("seat:1")),
                new EventQuery(List.of(new Criterion(Set.of("counted"), Set.of("seat"), Set.of("seat:1")))),
                EventQuery.all());
    }

    @ParameterizedTest
    @MethodSource("queriesForASeat")
    void aViolationThatArrivesBetweenTheLookAndTheLockIsFound(EventQuery query) throws Exception {
        requireSecondRefused(query, append -> {
            try {
                store.append(append);
                return null;
            } catch (AppendConditionException e) {
                return e;
            }
        });
    }

    @ParameterizedTest
    @MethodSource("queriesForASeat")
    void itIsFoundByAnotherTransactionOfTheCallersToo(EventQuery query) throws Exception {
        requireSecondRefused(query, append -> {
            try (var connection = transaction()) {
                Events.store(storage.within(connection)).append(append);
                connection.commit();
                return null;
            } catch (AppendConditionException e) {
                return e;
            }
        });
    }

    @FunctionalInterface
    private interface Contender {
        AppendConditionException append(Append append) throws SQLException;
    }

    /** The first one has appended but not committed when the second one looks. */
    private void requireSecondRefused(EventQuery query, Contender contender) throws Exception {
        var condition = noneMatching(query, 0);
        try (var first = transaction()) {
            Events.store(storage.within(first)).append(seat(1).onlyIf(condition));
            var second = CompletableFuture.supplyAsync(() -> {
                try {
                    return contender.append(seat(2).onlyIf(condition));
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            Await.until("the second one waits", Duration.ofSeconds(10), this::somebodyWaits);
            first.commit();
            requireRefusal(second, 1);
        }
        assertThat(store.headPosition()).isEqualTo(1);
    }

    private static void requireRefusal(CompletableFuture<AppendConditionException> second, long position)
            throws InterruptedException, ExecutionException {
        assertThat(second.get()).isNotNull();
        assertThat(second.get().conflictPosition()).isEqualTo(position);
        assertThat(second.get().condition().after()).isZero();
    }

    @ParameterizedTest
    @MethodSource("queriesForASeat")
    void aViolationThatIsThereAlreadyIsRefusedWithoutWaitingForTheLock(EventQuery query) throws SQLException {
        store.append(seat(1));
        var append = seat(2).onlyIf(noneMatching(query, 0));
        try (var elsewhere = TestServers.open(server, schema);
                var holder = transaction();
                var connection = transaction()) {
            Events.store(storage.within(holder)).append(seat(3));

            for (var refusing : List.of(elsewhere.eventStorage(), storage.within(connection))) {
                assertThatExceptionOfType(AppendConditionException.class)
                        .isThrownBy(() -> Events.store(refusing).append(append))
                        .satisfies(e -> assertThat(e.conflictPosition()).isEqualTo(1));
            }
        }
    }

    @Test
    void aTransactionSeesWhatItHasAppendedItself() throws SQLException {
        try (var connection = transaction()) {
            var inside = Events.store(storage.within(connection));
            inside.append(seat(1));

            for (var query : queriesForASeat()) {
                assertThatExceptionOfType(AppendConditionException.class)
                        .isThrownBy(() -> inside.append(seat(2).onlyIf(noneMatching(query, 0))))
                        .satisfies(e -> assertThat(e.conflictPosition()).isEqualTo(1));
            }
            inside.append(seat(2).onlyIf(noneMatching(EventQuery.all(), 1)));
            connection.commit();
        }
        assertThat(store.headPosition()).isEqualTo(2);
    }

    @Test
    void whatIsKnownOfALogThatWasRolledBackIsForgotten() throws SQLException {
        try (var connection = transaction()) {
            var inside = Events.store(storage.within(connection));
            inside.append(many("a", 2 * CHUNK));
            inside.append(many("a", 1).onlyIf(noneMatching(NEVER, 0)));
            connection.rollback();
        }
        store.append(many("b", 2 * CHUNK));

        assertThatExceptionOfType(AppendConditionException.class)
                .isThrownBy(() ->
                        store.append(many("c", 1).onlyIf(noneMatching(EventQuery.ofCategories(Set.of("b")), 0))))
                .satisfies(e -> assertThat(e.conflictPosition()).isEqualTo(1));
    }

    @Test
    void aRepetitionOfAnAppendThatItsOwnConditionRulesOutIsRecognised() throws SQLException {
        var append = seat(1).onlyIf(noneMatching(EventQuery.ofTypes(Set.of("counted")), 0));
        var result = store.append(append);

        try (var elsewhere = TestServers.open(server, schema)) {
            assertThat(Events.store(elsewhere.eventStorage()).append(append)).isEqualTo(result);
        }
        try (var connection = transaction()) {
            assertThat(Events.store(storage.within(connection)).append(append)).isEqualTo(result);
        }
    }

    @ParameterizedTest
    @MethodSource("queriesFarBehind")
    void howFarBehindTheConditionIsMattersLittle(EventQuery query) throws SQLException {
        for (int i = 0; i < 10; i++) {
            store.append(many("seat", 2 * CHUNK));
        }
        store.append(seat(1).onlyIf(noneMatching(NEVER, 0)));

        try (var connection = transaction()) {
            Events.store(storage.within(connection)).append(seat(1).onlyIf(noneMatching(query, 0)));

            assertThat(eventsLookedAt(connection)).isLessThan(2 * CHUNK);
        }
    }

    static List<EventQuery> queriesFarBehind() {
        return List.of(
                NEVER,
                EventQuery.ofCategories(Set.of("never")),
                new EventQuery(List.of(new Criterion(Set.of("never"), Set.of(), Set.of("every")))),
                EventQuery.withTags(Set.of("every", "seat:1", "even")),
                EventQuery.withTags(Set.of("every", "never")));
    }

    private static long eventsLookedAt(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("""
                        SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables
                        WHERE relid = 'events'::regclass""")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static Append seat(int number) {
        return Append.to(new StreamId("seat-" + number), ExpectedVersion.any(), List.of(tagged(number, "seat:1")));
    }

    private static Append many(String category, int count) {
        return Append.to(
                StreamId.of(category, "many"),
                ExpectedVersion.any(),
                IntStream.range(0, count)
                        .mapToObj(i -> i % 2 == 0 ? tagged(i, "every", "even") : tagged(i, "every"))
                        .toList());
    }

    private static NewEvent tagged(int number, String... tags) {
        return new NewEvent(Envelope.of(new Events.Counted(number)), Set.of(tags));
    }

    private boolean somebodyWaits() {
        try (var connection = transaction();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT 1 FROM pg_locks l WHERE l.locktype = 'advisory'"
                        + " AND NOT l.granted AND l.objid = (hashtext('" + schema + "')::bigint & 4294967295)::oid")) {
            return row.next();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Connection transaction() throws SQLException {
        var connection = DriverManager.getConnection(server.jdbcUrl());
        connection.setAutoCommit(false);
        connection.setSchema(schema);
        return connection;
    }
}
