package dev.headwater.postgres.faults;

import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventStore;
import dev.headwater.subscription.Subscription;
import dev.headwater.subscription.SubscriptionSettings;
import dev.headwater.subscription.Subscriptions;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.sql.Connection;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** One instance of an application with subscriptions, several of which may live in this process. */
record Instance(PostgresDatabase database, EventStore store, Subscriptions<Connection> subscriptions)
        implements AutoCloseable {

    static final Duration LEASE = Duration.ofSeconds(1);

    private static final SubscriptionSettings SETTINGS = SubscriptionSettings.DEFAULT
            .withPollInterval(Duration.ofMillis(100))
            .withLease(LEASE)
            .withHandlerLimit(LEASE.multipliedBy(4))
            .recoveringWith(Duration.ofMillis(20), Duration.ofMillis(200));

    static Instance open(String url) {
        return open(url, storage -> storage);
    }

    static Instance open(String url, UnaryOperator<SubscriptionStorage<Connection>> tampering) {
        var database = PostgresDatabase.builder()
                .url(url)
                .appendPatience(Duration.ofSeconds(2))
                .lockTimeout(Duration.ofSeconds(1))
                .open();
        var store = new EventStore(database.eventStorage(), Counted.TYPES);
        return new Instance(
                database, store, new Subscriptions<>(store, tampering.apply(database.subscriptionStorage()), SETTINGS));
    }

    void start(Subscription<Connection> subscription) {
        subscriptions.start(subscription);
    }

    @Override
    public void close() {
        try (database;
                store) {
            subscriptions.close();
        }
    }
}
