package dev.headwater.postgres;

import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import dev.headwater.testkit.ProcessSubject;
import dev.headwater.workflow.spi.ProcessStorage;
import java.sql.Connection;

/** Everything that processes need, in a schema of its own. */
final class PostgresProcessSubject implements ProcessSubject<Connection> {

    private final PostgresDatabase database;

    PostgresProcessSubject(Setting setting) {
        database = setting.builder(TestServers.freshSchema()).open();
    }

    @Override
    public EventStorage log() {
        return database.eventStorage();
    }

    @Override
    public SubscriptionStorage<Connection> subscriptions() {
        return database.subscriptionStorage();
    }

    @Override
    public DeadLetters letters() {
        return database.deadLetters();
    }

    @Override
    public ProcessStorage<Connection> processes() {
        return database.processStorage();
    }

    @Override
    public void inTransaction(PageTransaction.Part<Connection> work) throws Exception {
        try (var transaction = database.connections().begin()) {
            work.in(transaction.connection());
            transaction.commit();
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
