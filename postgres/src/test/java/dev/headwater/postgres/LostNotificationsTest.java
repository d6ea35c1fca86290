package dev.headwater.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.store.EventStore;
import dev.headwater.store.Hints;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When every notification is lost, nothing else is: it only comes later. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class LostNotificationsTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int STREAMS = 20;
    private static final int ROUNDS = 10;
    private static final SubscriptionSettings SETTINGS =
            SubscriptionSettings.DEFAULT.withPollInterval(Duration.ofMillis(20)).withLease(Duration.ofMillis(600));

    private final String schema = TestServers.freshSchema();
    private final EventStore writer =
            new EventStore(new Deaf(TestServers.open(TestServers.newest(), schema), schema), Events.TYPES);
    private final List<Instance> instances = new ArrayList<>();

    /** Sends notifications as others do, and hears none. */
    private static final class Deaf extends ClosingStorage {
        Deaf(PostgresDatabase database, String schema) {
            super(database, schema);
        }

        @Override
        public Hints onAppend(Runnable hint) {
            return () -> {};
        }
    }

    private record Instance(EventStore store, Subscriptions<Connection> subscriptions) {
        void close() {
            subscriptions.close();
            store.close();
        }
    }

    @BeforeEach
    void createTable() throws SQLException {
        try (var database = TestServers.open(TestServers.newest(), schema);
                var connection = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + schema + ".handled (number bigint GENERATED ALWAYS AS IDENTITY,"
                    + " position bigint PRIMARY KEY, stream text NOT NULL, version bigint NOT NULL)");
        }
    }

    @AfterEach
    void closeAll() {
        instances.forEach(Instance::close);
        writer.close();
    }

    private Instance open() {
        var database = TestServers.open(TestServers.newest(), schema);
        var store = new EventStore(new Deaf(database, schema), Events.TYPES);
        var instance = new Instance(store, new Subscriptions<>(store, database.subscriptionStorage(), SETTINGS));
        instances.add(instance);
        return instance;
    }

    private Subscription<Connection> handling() {
        return Subscription.named("deaf").projecting((events, transaction) -> {
            try (var insert = transaction.prepareStatement(
                    "INSERT INTO " + schema + ".handled (position, stream, version) VALUES (?, ?, ?)")) {
                for (var event : events) {
                    insert.setLong(1, event.position());
                    insert.setString(2, event.stream().name());
                    insert.setLong(3, event.version());
                    insert.addBatch();
                }
                insert.executeBatch();
            }
        });
    }

    @Test
    void everyEventIsHandledOnceAndInOrderByPollingAlone() throws Exception {
        var first = open().subscriptions().start(handling());
        var second = open().subscriptions().start(handling());
        for (int round = 0; round < ROUNDS; round++) {
            for (int stream = 0; stream < STREAMS; stream++) {
                writer.append(Events.one("s-" + stream, round));
            }
            assertThat(first.awaitPosition(writer.headPosition(), LIMIT))
                    .as("round " + round)
                    .isTrue();
        }
        assertThat(second.awaitPosition(writer.headPosition(), LIMIT)).isTrue();

        assertThat(numbers("SELECT position FROM " + schema + ".handled ORDER BY position"))
                .isEqualTo(LongStream.rangeClosed(1, (long) STREAMS * ROUNDS)
                        .boxed()
                        .toList());
        for (int stream = 0; stream < STREAMS; stream++) {
            assertThat(numbers("SELECT version FROM " + schema + ".handled WHERE stream = 's-" + stream
                            + "' ORDER BY number"))
                    .isEqualTo(LongStream.rangeClosed(1, ROUNDS).boxed().toList());
        }
    }

    private List<Long> numbers(String sql) throws SQLException {
        var numbers = new ArrayList<Long>();
        try (var database = TestServers.open(TestServers.newest(), schema);
                var connection = database.dataSource().getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            while (row.next()) {
                numbers.add(row.getLong(1));
            }
        }
        return numbers;
    }
}
