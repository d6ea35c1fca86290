package dev.headwater.postgres.faults;

import dev.headwater.postgres.PostgresDatabase;
import dev.headwater.store.EventStore;
import dev.headwater.store.StoreUnavailableException;
import dev.headwater.subscription.spi.SubscriptionStorage;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A store and its subscriptions, wired as an application does it.
 *
 * @param store the events
 * @param subscriptions what subscriptions keep
 */
record Application(PostgresDatabase database, EventStore store, SubscriptionStorage<Connection> subscriptions)
        implements AutoCloseable {

    static final String SCHEMA = "headwater";

    /** Few, because a campaign spends much of its time on making connections again. */
    private static final int POOL_SIZE = 5;

    /** Longer than a server needs to come back, also on a machine that is busy with other things. */
    private static final Duration APPEND_PATIENCE = Duration.ofSeconds(15);

    static Application open(String url, String schema, PlantedBug bug) {
        var database = PostgresDatabase.builder()
                .url(url)
                .schema(schema)
                .poolSize(POOL_SIZE)
                .appendPatience(APPEND_PATIENCE)
                .open();
        PlantedBug.Connector connector = () -> DriverManager.getConnection(url);
        var storage = database.eventStorage();
        return new Application(
                database,
                new EventStore(bug.in(storage, storage::within, connector), Counted.TYPES),
                bug.in(database.subscriptionStorage(), connector));
    }

    static void drop(String url, String schema) {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
        } catch (SQLException e) {
            throw new StoreUnavailableException("The schema " + schema + " could not be dropped", e);
        }
    }

    @Override
    public void close() {
        store.close();
        database.close();
    }
}
