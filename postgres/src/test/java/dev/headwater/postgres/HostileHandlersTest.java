package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.failure.Failure;
import dev.headwater.failure.RetryPolicy;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.HandlerTimeoutException;
import dev.headwater.subscription.Projection;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.SubscriptionStatus;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.testkit.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

/** Handlers that do to their transaction what none should: each is contained, visible and explained. */
@Timeout(120)
final class HostileHandlersTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final SubscriptionSettings SETTINGS = SubscriptionSettings.DEFAULT
            .withPollInterval(Duration.ofMillis(50))
            .recoveringWith(Duration.ofMillis(5), Duration.ofMillis(20));

    private final String schema = TestServers.freshSchema();
    private final PostgresDatabase database = TestServers.open(TestServers.newest(), schema);
    private final EventStore store = new EventStore(database.eventStorage(), Events.TYPES);
    private final List<Subscriptions<Connection>> opened = new ArrayList<>();

    /** What a handler does when it comes to an event of the stream {@code bad}. */
    private interface Hostility {
        void against(Connection transaction) throws Exception;
    }

    @BeforeEach
    void prepare() throws SQLException {
        execute("CREATE TABLE " + schema + ".handled (position bigint NOT NULL)");
        store.append(Events.one("good-1", 1));
        store.append(Events.one("bad", 2));
        store.append(Events.one("good-2", 3));
        store.append(Events.one("bad", 4));
        store.append(Events.one("good-1", 5));
    }

    @AfterEach
    void close() {
        opened.forEach(Subscriptions::close);
        database.close();
    }

    @Test
    void oneThatNeverReturnsIsInterrupted() throws Exception {
        var failure = requireContained(Duration.ofSeconds(2), transaction -> new CountDownLatch(1).await());

        assertThat(failure.exceptionClass()).isEqualTo(HandlerTimeoutException.class.getName());
        assertThat(failure.message()).contains("hostile").contains("PT2S");
    }

    @Test
    void oneThatNeverReturnsFromTheServerIsInterrupted() throws Exception {
        var failure =
                requireContained(Duration.ofSeconds(2), transaction -> execute(transaction, "SELECT pg_sleep(3600)"));

        assertThat(failure.exceptionClass()).isEqualTo(HandlerTimeoutException.class.getName());
    }

    @Test
    void oneThatThrowsAnErrorHasItsEventSetAside() throws Exception {
        var failure = requireContained(transaction -> {
            throw new StackOverflowError("on purpose");
        });

        assertThat(failure.exceptionClass()).isEqualTo(StackOverflowError.class.getName());
        assertThat(failure.stackTrace()).contains(getClass().getName());
    }

    @Test
    void oneThatClosesItsConnectionIsRefusedThat() throws Exception {
        var failure = requireContained(Connection::close);

        assertThat(failure.message()).contains("called close").contains("only the subscription ends it");
    }

    @Test
    void oneThatClosesTheConnectionBehindItsBackHasItsEventSetAsideOnAnother() throws Exception {
        var failure = requireContained(transaction -> ((AutoCloseable) transaction.unwrap(PGConnection.class)).close());

        assertThat(failure.stackTrace()).contains("closed");
    }

    @Test
    void oneThatEndsItsServerProcessHasItsEventSetAsideOnAnotherConnection() throws Exception {
        var failure =
                requireContained(transaction -> execute(transaction, "SELECT pg_terminate_backend(pg_backend_pid())"));

        assertThat(failure.message()).contains("terminating connection");
    }

    @Test
    void oneThatLeavesItsTransactionFailedAndSaysNothingIsFoundOut() throws Exception {
        var failure = requireContained(transaction -> {
            try {
                execute(transaction, "SELECT 1 / 0");
            } catch (SQLException e) {
                assertThat(e.getSQLState()).isEqualTo("22012");
            }
        });

        assertThat(failure.message()).contains("current transaction is aborted");
    }

    @Test
    void oneThatEndsItsTransactionInSqlIsFoundOutBeforeTheCheckpointMoves() throws Exception {
        for (var end : List.of("COMMIT", "ROLLBACK", "COMMIT; BEGIN")) {
            var name = "ended-by-" + end.replaceAll("\\W+", "-").toLowerCase(Locale.ROOT);
            try (var subscriptions = open(SETTINGS)) {
                var running = subscriptions.start(Subscription.named(name)
                        .batchSize(1)
                        .retrying(RetryPolicy.none())
                        .projecting(handling(transaction -> execute(transaction, end))));

                assertThat(running.awaitPosition(2, LIMIT)).isTrue();

                var letter = database.deadLetters()
                        .list(DeadLetterFilter.of(name), 1)
                        .getFirst();
                assertThat(letter.position()).isEqualTo(2);
                assertThat(letter.failure().orElseThrow().message()).contains("ended the transaction");
            }
        }
    }

    private Failure requireContained(Hostility hostility) throws Exception {
        return requireContained(SETTINGS.handlerLimit(), hostility);
    }

    /** Requires that all but the hostile handler's own events have their effect once; tells how it has failed. */
    private Failure requireContained(Duration handlerLimit, Hostility hostility) throws Exception {
        var subscriptions = open(SETTINGS.withHandlerLimit(handlerLimit));
        var running = subscriptions.start(Subscription.named("hostile")
                .batchSize(handlerLimit.equals(SETTINGS.handlerLimit()) ? 500 : 1)
                .retrying(RetryPolicy.none())
                .projecting(handling(hostility)));

        assertThat(running.awaitPosition(5, LIMIT)).isTrue();
        Await.until(
                "it goes on, and says that there are letters",
                LIMIT,
                () -> running.status().state() == SubscriptionStatus.State.DEGRADED);
        assertThat(handled()).containsExactly(1L, 3L, 5L);
        var letters = database.deadLetters().list(DeadLetterFilter.of("hostile"), 10);
        assertThat(letters)
                .extracting(DeadLetter::state)
                .containsExactly(DeadLetter.State.PARKED, DeadLetter.State.WAITING);
        return letters.getFirst().failure().orElseThrow();
    }

    private Subscriptions<Connection> open(SubscriptionSettings settings) {
        var subscriptions = new Subscriptions<>(store, database.subscriptionStorage(), settings);
        opened.add(subscriptions);
        return subscriptions;
    }

    private Projection<Connection> handling(Hostility hostility) {
        return (events, transaction) -> {
            for (StoredEvent event : events) {
                if (event.stream().name().equals("bad")) {
                    hostility.against(transaction);
                } else {
                    execute(transaction, "INSERT INTO " + schema + ".handled VALUES (" + event.position() + ")");
                }
            }
        };
    }

    @Test
    void oneWhoseLetterCannotBeWrittenStopsVisiblyUntilThatIsMended() throws Exception {
        execute("ALTER TABLE " + schema + ".dead_letters ADD CONSTRAINT full_up CHECK (false)");
        var subscription = Subscription.named("hostile")
                .retrying(RetryPolicy.none())
                .projecting(handling(transaction -> {
                    throw new AssertionError("on purpose");
                }));
        var running = open(SETTINGS).start(subscription);

        assertThat(running.awaitPosition(2, LIMIT)).isFalse();

        assertThat(running.status().state()).isEqualTo(SubscriptionStatus.State.FAILED);
        assertThat(running.status().position()).isLessThan(2);
        assertThat(running.status().lastError().orElseThrow()).hasMessageContaining("full_up");
        assertThat(handled()).doesNotContain(3L, 5L);
        execute("ALTER TABLE " + schema + ".dead_letters DROP CONSTRAINT full_up");
        assertThat(open(SETTINGS).start(subscription).awaitPosition(5, LIMIT)).isTrue();
        assertThat(handled()).containsExactly(1L, 3L, 5L);
        assertThat(database.deadLetters().count(DeadLetterFilter.of("hostile")).letters())
                .isEqualTo(2);
    }

    private List<Long> handled() throws SQLException {
        var positions = new ArrayList<Long>();
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT position FROM " + schema + ".handled ORDER BY position")) {
            while (row.next()) {
                positions.add(row.getLong(1));
            }
        }
        return positions;
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
