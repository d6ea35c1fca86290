package dev.headwater.postgres;

import dev.headwater.store.spi.EventStorage;
import dev.headwater.subscription.DeadLetters;
import dev.headwater.subscription.spi.PageTransaction;
import dev.headwater.subscription.spi.SubscriptionStorage;
import dev.headwater.testkit.ProcessSubject;
import dev.headwater.workflow.spi.ProcessStorage;
import dev.headwater.workflow.spi.StepReceipts;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Everything that processes need, in a schema of its own. */
final class PostgresProcessSubject implements ProcessSubject<Connection> {

    private final PostgresDatabase database;
    private final String notes;

    PostgresProcessSubject(Setting setting) {
        var schema = TestServers.freshSchema();
        database = setting.builder(schema).open();
        notes = schema + ".notes";
        execute("CREATE TABLE " + notes + " (text text NOT NULL)");
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

    private void execute(String sql) {
        try {
            database.connections().with(connection -> {
                try (var statement = connection.createStatement()) {
                    return statement.execute(sql);
                }
            });
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public StepReceipts<Connection> receipts() {
        return database.stepReceipts();
    }

    @Override
    public void note(Connection transaction, String text) throws SQLException {
        try (var statement = transaction.prepareStatement("INSERT INTO " + notes + " VALUES (?)")) {
            statement.setString(1, text);
            statement.executeUpdate();
        }
    }

    @Override
    public List<String> noted() throws SQLException {
        return database.connections().with(connection -> {
            var texts = new ArrayList<String>();
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery("SELECT text FROM " + notes)) {
                while (row.next()) {
                    texts.add(row.getString(1));
                }
            }
            return texts;
        });
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
