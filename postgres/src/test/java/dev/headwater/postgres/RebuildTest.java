package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.store.EventStore;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.store.StoredEvent;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.SubscriptionStatus.State;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.testkit.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A read model is rebuilt beside the one that serves, and takes its place in one step. */
final class RebuildTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final SubscriptionSettings SETTINGS =
            SubscriptionSettings.DEFAULT.withPollInterval(Duration.ofMillis(50)).withLease(Duration.ofMillis(600));

    private final PostgresDatabase database = TestServers.open(TestServers.newest(), "rebuild");
    private final EventStore store = new EventStore(database.eventStorage(), Events.TYPES);
    private final Subscriptions<Connection> subscriptions =
            new Subscriptions<>(store, database.subscriptionStorage(), SETTINGS);

    @BeforeEach
    void createTables() throws SQLException {
        execute("CREATE TABLE rebuild.first (n bigint); INSERT INTO rebuild.first VALUES (0);"
                + " CREATE TABLE rebuild.second (n bigint); INSERT INTO rebuild.second VALUES (0);"
                + " CREATE VIEW rebuild.totals AS SELECT n FROM rebuild.first");
    }

    @AfterEach
    void close() throws SQLException {
        subscriptions.close();
        execute("DROP SCHEMA rebuild CASCADE");
        database.close();
    }

    @Test
    void theSuccessorServesFromOneMomentToTheNextAndTheFormerOneWritesNoMore() throws Exception {
        append(10);
        assertThat(subscriptions.start(adding("totals", 1, "first")).awaitPosition(10, LIMIT))
                .isTrue();
        subscriptions.start(adding("totals@2", 100, "second"));

        subscriptions.replace(
                "totals",
                "totals@2",
                LIMIT,
                transaction ->
                        execute(transaction, "CREATE OR REPLACE VIEW rebuild.totals AS SELECT n FROM rebuild.second"));

        assertThat(number("SELECT n FROM rebuild.totals")).isEqualTo(1000);
        Await.until(
                "the former one is replaced",
                LIMIT,
                () -> subscriptions.status().getFirst().state() == State.REPLACED);
        append(5);
        Await.until("the successor goes on", LIMIT, () -> number("SELECT n FROM rebuild.totals") == 1500);
        assertThat(number("SELECT n FROM rebuild.first")).isEqualTo(10);
    }

    @Test
    void aSwitchOverThatFailsChangesNothing() throws Exception {
        append(3);
        assertThat(subscriptions.start(adding("totals", 1, "first")).awaitPosition(3, LIMIT))
                .isTrue();
        subscriptions.start(adding("totals@2", 100, "second"));

        var tries = new AtomicInteger();
        assertThatThrownBy(() -> subscriptions.replace("totals", "totals@2", LIMIT, transaction -> {
                    tries.incrementAndGet();
                    execute(transaction, "DROP VIEW rebuild.totals");
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(tries).as("what fails once is not tried again").hasValue(1);

        append(1);
        Await.until("the former one goes on", LIMIT, () -> number("SELECT n FROM rebuild.totals") == 4);
    }

    @Test
    void aSuccessorThatIsBehindIsRefused() throws Exception {
        append(3);
        assertThat(subscriptions.start(adding("totals", 1, "first")).awaitPosition(3, LIMIT))
                .isTrue();
        subscriptions.start(Subscription.named("totals@2").projecting((events, transaction) -> {
            throw new StoreUnavailableException("a service is away", null);
        }));

        assertThatThrownBy(() -> subscriptions.replace("totals", "totals@2", Duration.ofMillis(100), nothing()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("position 0")
                .hasMessageContaining("3");
    }

    @Test
    void aSuccessorWithDeadLettersIsRefused() throws Exception {
        append(3);
        assertThat(subscriptions.start(adding("totals", 1, "first")).awaitPosition(3, LIMIT))
                .isTrue();
        subscriptions.start(adding("totals@2", 100, "missing"));

        assertThatThrownBy(() -> subscriptions.replace("totals", "totals@2", Duration.ofMillis(500), nothing()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("3 dead letters");
    }

    @Test
    void aRebuildThatWasCutOffGoesOnWhereItWas() throws Exception {
        append(20);
        try (var crashed = new Subscriptions<>(store, database.subscriptionStorage(), SETTINGS)) {
            var first = crashed.start(Subscription.named("totals@2")
                    .batchSize(5)
                    .projecting((List<StoredEvent> events, Connection to) -> {
                        if (events.getLast().position() > 10) {
                            throw new StoreUnavailableException("the process is about to die", null);
                        }
                        add(events, to, 100, "second");
                    }));
            assertThat(first.awaitPosition(10, LIMIT)).isTrue();
            assertThat(first.status().state()).isIn(State.CATCHING_UP, State.RETRYING);
        }

        var rebuilding =
                subscriptions.start(adding(Subscription.named("totals@2").batchSize(5), 100, "second"));
        assertThat(rebuilding.awaitPosition(20, LIMIT)).isTrue();

        assertThat(number("SELECT n FROM rebuild.second")).isEqualTo(2000);
        assertThat(rebuilding.status().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void aRebuildThatIsGivenUpLeavesTheFormerOneAlone() throws Exception {
        append(5);
        var former = subscriptions.start(adding("totals", 1, "first"));
        var rebuilding = subscriptions.start(adding("totals@2", 100, "second"));
        assertThat(rebuilding.awaitPosition(5, LIMIT)).isTrue();

        rebuilding.close();
        subscriptions.forget("totals@2");
        append(1);

        assertThat(former.awaitPosition(6, LIMIT)).isTrue();
        assertThat(number("SELECT n FROM rebuild.totals")).isEqualTo(6);
        assertThat(database.subscriptionStorage().segments("totals@2")).isEmpty();
        assertThat(subscriptions.start(adding("totals@2", 100, "second")).awaitPosition(6, LIMIT))
                .isTrue();
        assertThat(number("SELECT n FROM rebuild.second"))
                .as("the second attempt began with the first event")
                .isEqualTo(500 + 600);
    }

    private static PageTransaction.Part<Connection> nothing() {
        return transaction -> {};
    }

    private static Subscription<Connection> adding(String name, int each, String table) {
        return adding(Subscription.named(name), each, table);
    }

    private static Subscription<Connection> adding(Subscription.Builder choices, int each, String table) {
        return choices.projecting((events, transaction) -> add(events, transaction, each, table));
    }

    private static void add(List<StoredEvent> events, Connection transaction, int each, String table)
            throws SQLException {
        execute(transaction, "UPDATE rebuild." + table + " SET n = n + " + each * events.size());
    }

    private void append(int events) {
        for (int i = 0; i < events; i++) {
            store.append(Events.one("s", i));
        }
    }

    private long number(String sql) {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
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
