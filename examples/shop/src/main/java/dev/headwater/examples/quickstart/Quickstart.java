package dev.headwater.examples.quickstart;

import dev.headwater.DomainEvent;
import dev.headwater.MessageType;
import dev.headwater.MessageTypes;
import dev.headwater.embedded.EmbeddedDatabase;
import dev.headwater.examples.quickstart.Quickstart.AccountEvent.Deposited;
import dev.headwater.examples.quickstart.Quickstart.AccountEvent.Opened;
import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventStore;
import dev.headwater.store.ExpectedVersion;
import dev.headwater.store.StoredEvent;
import dev.headwater.store.StreamId;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.Subscriptions;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The first program of the README: facts in a stream, and a read model that follows them. */
public final class Quickstart {

    private Quickstart() {}

    // snippet:quickstart
    sealed interface AccountEvent extends DomainEvent {
        @MessageType("account.opened")
        record Opened(String owner) implements AccountEvent {}

        @MessageType("account.deposited")
        record Deposited(BigDecimal amount) implements AccountEvent {}
    }

    public static void main(String[] args) throws Exception {
        try (var postgres = EmbeddedDatabase.start(); // or any PostgreSQL from 14 to 18
                var database =
                        PostgresDatabase.builder().url(postgres.jdbcUrl()).open();
                var store = new EventStore(database.eventStorage(), MessageTypes.of(AccountEvent.class));
                var connection = database.dataSource().getConnection();
                var subscriptions = new Subscriptions<>(store, database.subscriptionStorage())) {

            connection.createStatement().execute("CREATE TABLE balance (account text PRIMARY KEY, amount numeric)");
            var balances = subscriptions.start(Subscription.named("balances").projecting(Quickstart::addDeposits));

            var ada = StreamId.of("account", "ada");
            store.append(ada, ExpectedVersion.noStream(), new Opened("Ada"));
            var last = store.append(ada, ExpectedVersion.exactly(1), new Deposited(new BigDecimal("12.50")));

            store.readStream(ada).forEach(stored -> System.out.println(stored.version() + " " + stored.event()));

            balances.awaitPosition(last.lastPosition(), Duration.ofSeconds(10));
            var row = connection.createStatement().executeQuery("SELECT amount FROM balance");
            row.next();
            System.out.println("Balance: " + row.getBigDecimal(1));
        }
    }

    /** Runs in the transaction that also remembers how far the projection has come. */
    static void addDeposits(List<StoredEvent> events, Connection transaction) throws SQLException {
        try (var sql = transaction.prepareStatement("""
                INSERT INTO balance VALUES (?, ?)
                ON CONFLICT (account) DO UPDATE SET amount = balance.amount + excluded.amount""")) {
            for (var stored : events) {
                if (stored.event() instanceof Deposited(var amount)) {
                    sql.setString(1, stored.stream().name());
                    sql.setBigDecimal(2, amount);
                    sql.addBatch();
                }
            }
            sql.executeBatch();
        }
    }
    // end
}
