package dev.headwater.examples.quickstart;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.Subscriptions;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

/** The first program of the README. */
public final class Quickstart {

    // snippet:quickstart
    sealed interface AccountEvent extends DomainEvent {
        @MessageType("account.opened")
        record Opened(String owner) implements AccountEvent {}

        @MessageType("account.deposited")
        record Deposited(BigDecimal amount) implements AccountEvent {}
    }

    public static void main(String[] args) throws Exception {
        try (var postgres = EmbeddedDatabase.start(); // or any PostgreSQL from 14 to 18
                var database = PostgresDatabase.builder().url(postgres.jdbcUrl()).open();
                var store = new EventStore(database.eventStorage(), MessageTypes.of(AccountEvent.class));
                var subscriptions = new Subscriptions<>(store, database.checkpoints())) {

            // A projection: what it writes and how far it has read are committed together.
            try (var connection = database.dataSource().getConnection(); var sql = connection.createStatement()) {
                sql.execute("CREATE TABLE balance (account text PRIMARY KEY, amount numeric NOT NULL)");
            }
            var balances = subscriptions.start(Subscription.projection("balances", (events, connection) -> {
                try (var sql = connection.prepareStatement("""
                        INSERT INTO balance VALUES (?, ?)
                        ON CONFLICT (account) DO UPDATE SET amount = balance.amount + excluded.amount""")) {
                    for (var stored : events) {
                        if (stored.event() instanceof AccountEvent.Deposited(var amount)) {
                            sql.setString(1, stored.stream().name());
                            sql.setBigDecimal(2, amount);
                            sql.addBatch();
                        }
                    }
                    sql.executeBatch();
                }
            }));

            // Facts go into a stream, all or nothing, if the stream is as expected.
            var ada = StreamId.of("account", "ada");
            store.append(ada, ExpectedVersion.noStream(), new AccountEvent.Opened("Ada"));
            var result = store.append(
                    ada, ExpectedVersion.exactly(1), new AccountEvent.Deposited(new BigDecimal("12.50")));

            balances.awaitPosition(result.lastPosition(), Duration.ofSeconds(10));
            store.readStream(ada).forEach(stored -> System.out.println(stored.version() + " " + stored.event()));
        }
    }
    // end
}
