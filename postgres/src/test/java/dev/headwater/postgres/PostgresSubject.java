package dev.headwater.postgres;

import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.SubscriptionStorage;
import dev.headwater.testkit.Await;
import dev.headwater.testkit.SubscriptionStorageContract;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The storage of subscriptions in a schema of its own, with a table that projections write. */
final class PostgresSubject implements SubscriptionStorageContract.Subject<Connection> {

    private final String schema = TestServers.freshSchema();
    private final PostgresDatabase database;

    PostgresSubject(Setting setting) {
        database = setting.builder(schema).open();
        Setting.execute(
                setting.server(),
                "CREATE TABLE " + schema + ".written (text text NOT NULL); GRANT SELECT, INSERT ON " + schema
                        + ".written TO PUBLIC");
    }

    @Override
    public EventStorage log() {
        return database.eventStorage();
    }

    @Override
    public SubscriptionStorage<Connection> storage() {
        return database.subscriptionStorage();
    }

    @Override
    public DeadLetters letters() {
        return database.deadLetters();
    }

    @Override
    public void write(Connection transaction, String text) throws SQLException {
        try (var statement = transaction.prepareStatement("INSERT INTO " + schema + ".written VALUES (?)")) {
            statement.setString(1, text);
            statement.executeUpdate();
        }
    }

    @Override
    public List<String> written() throws SQLException {
        var texts = new ArrayList<String>();
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT text FROM " + schema + ".written")) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        }
        return texts;
    }

    @Override
    public boolean undoesWriting() {
        return true;
    }

    /** The clock is the server's, which a test cannot move. */
    @Override
    public void letTimePass(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        try {
            Await.until("the time has passed", Duration.ofMinutes(1), () -> System.nanoTime() - end > 0);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
