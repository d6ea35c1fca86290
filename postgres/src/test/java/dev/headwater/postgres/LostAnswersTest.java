package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.store.EventStore;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.DeadLetterFilter;
import dev.headwater.subscription.Projection;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.subscription.spi.Checkpoint;
import dev.headwater.subscription.spi.ForwardingSubscriptionStorage;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import dev.headwater.testkit.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A commit that reaches the server, and whose answer does not come back, repeats nothing. */
@Timeout(120)
final class LostAnswersTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final DeadLetterFilter LETTERS = DeadLetterFilter.of("counting");
    private static final SubscriptionSettings SETTINGS = SubscriptionSettings.DEFAULT
            .withPollInterval(Duration.ofMillis(50))
            .withLease(Duration.ofSeconds(2))
            .recoveringWith(Duration.ofMillis(5), Duration.ofMillis(20));

    private final String schema = TestServers.freshSchema();
    private final PostgresDatabase database = TestServers.open(TestServers.newest(), schema);
    private final EventStore store = new EventStore(database.eventStorage(), Events.TYPES);
    private final Losing storage = new Losing(database.subscriptionStorage());
    private final Subscriptions<Connection> subscriptions = new Subscriptions<>(store, storage, SETTINGS);

    /** Loses the connection, when it is told to: before some transactions, and after the commit of one. */
    private static final class Losing extends ForwardingSubscriptionStorage<Connection> {
        private final AtomicInteger transactions = new AtomicInteger();
        private final AtomicBoolean answer = new AtomicBoolean();

        private Losing(SubscriptionStorage<Connection> correct) {
            super(correct);
        }

        @Override
        public PageTransaction<Connection> begin(String subscription, Holding holding, Map<Integer, Checkpoint> to)
                throws Exception {
            if (transactions.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new SQLException("the connection is lost", "08006");
            }
            return new Transaction<>(super.begin(subscription, holding, to)) {
                @Override
                public void commit() throws Exception {
                    super.commit();
                    if (answer.compareAndSet(true, false)) {
                        throw new SQLException("the connection is lost", "08006");
                    }
                }
            };
        }
    }

    @BeforeEach
    void prepare() throws SQLException {
        execute("CREATE TABLE " + schema + ".handled (position bigint NOT NULL)");
    }

    @AfterEach
    void close() {
        subscriptions.close();
        database.close();
    }

    private Subscription<Connection> counting(Projection<Connection> before) {
        return Subscription.named("counting").projecting((events, transaction) -> {
            before.project(events, transaction);
            for (var event : events) {
                execute(transaction, "INSERT INTO " + schema + ".handled VALUES (" + event.position() + ")");
            }
        });
    }

    @Test
    void ofAPage() throws Exception {
        var running = subscriptions.start(counting((events, transaction) -> {}));
        for (int i = 1; i <= 5; i++) {
            storage.answer.set(true);
            store.append(Events.one("a", i));
            assertThat(running.awaitPosition(i, LIMIT)).isTrue();
        }
        assertThat(storage.answer).isFalse();
        assertThat(handled()).isEqualTo("1,2,3,4,5");
    }

    @Test
    void ofALetterThatIsTriedAgainAfterAnOutage() throws Exception {
        var failing = new AtomicBoolean(true);
        store.append(Events.one("a", 1));
        store.append(Events.one("a", 2));
        var running = subscriptions.start(counting((events, transaction) -> {
            if (failing.get() && events.getFirst().position() == 1) {
                throw new AssertionError("on purpose");
            }
        }));
        assertThat(running.awaitPosition(2, LIMIT)).isTrue();
        assertThat(database.deadLetters().list(LETTERS, 9))
                .extracting(DeadLetter::state)
                .containsExactly(DeadLetter.State.PARKED, DeadLetter.State.WAITING);

        failing.set(false);
        storage.transactions.set(3);
        storage.answer.set(true);
        database.deadLetters().retry(LETTERS, "anna");

        Await.until(
                "no letter is left",
                LIMIT,
                () -> database.deadLetters().count(LETTERS).letters() == 0);
        assertThat(storage.answer).isFalse();
        assertThat(handled()).isEqualTo("1,2");
    }

    private String handled() throws SQLException {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "SELECT string_agg(position::text, ',' ORDER BY position) FROM " + schema + ".handled")) {
            row.next();
            return row.getString(1);
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
