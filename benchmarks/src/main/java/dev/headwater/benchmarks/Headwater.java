package dev.headwater.benchmarks;

import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventStore;
import dev.headwater.store.SnapshotStore;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import java.sql.Connection;

/** Headwater's store on a database, as an application with default settings has it. */
final class Headwater implements AutoCloseable {

    private final PostgresDatabase owner;
    private final PostgresDatabase database;
    private final CountedStatements statements;
    private final EventStore store;
    private final Subscriptions<Connection> subscriptions;

    private Headwater(PostgresDatabase owner, PostgresDatabase database, CountedStatements statements) {
        this.owner = owner;
        this.database = database;
        this.statements = statements;
        this.store = new EventStore(database.eventStorage(), SampleEvents.TYPES);
        this.subscriptions = new Subscriptions<>(store, database.subscriptionStorage());
    }

    /** Connects, and creates Headwater's tables where they are missing. */
    static Headwater open(String url) {
        var database = PostgresDatabase.builder().url(url).open();
        return new Headwater(database, database, new CountedStatements());
    }

    /** Does the same, and counts what is sent to the server. */
    static Headwater openCounting(String url) {
        var owner = PostgresDatabase.builder().url(url).open();
        var statements = new CountedStatements();
        try {
            var source = statements.of(owner.dataSource());
            return new Headwater(
                    owner, PostgresDatabase.builder().dataSource(source).open(), statements);
        } catch (RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    EventStore store() {
        return store;
    }

    Subscriptions<Connection> subscriptions() {
        return subscriptions;
    }

    /** Others than {@link #subscriptions}, with settings of their own, which the caller closes. */
    Subscriptions<Connection> subscribing(SubscriptionSettings settings) {
        return new Subscriptions<>(store, database.subscriptionStorage(), settings);
    }

    SnapshotStore snapshots() {
        return database.snapshotStore();
    }

    DeadLetters deadLetters() {
        return database.deadLetters();
    }

    /** How many statements were sent, if they are counted. */
    long statements() {
        return statements.sent();
    }

    @Override
    public void close() {
        subscriptions.close();
        database.close();
        owner.close();
    }
}
