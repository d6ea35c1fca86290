package dev.headwater.postgres.process;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.Parameters;
import dev.headwater.postgres.jdbc.Schema;
import dev.headwater.store.spi.EventStorage;
import dev.headwater.workflow.spi.StepReceipts;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;

/** Receipts in a table beside the log: what waits for somebody else's receipt waits at its unique key. Thread-safe. */
public final class PostgresStepReceipts implements StepReceipts<Connection> {

    private final Connections connections;
    private final Function<Connection, EventStorage> within;
    private final String insert;
    private final String find;
    private final String complete;
    private final String remove;

    /**
     * Keeps receipts in this schema.
     *
     * @param within gives the log as a part of a transaction
     */
    public PostgresStepReceipts(Connections connections, Schema schema, Function<Connection, EventStorage> within) {
        this.connections = connections;
        this.within = within;
        this.insert = schema.in("INSERT INTO {schema}.step_receipts (key) VALUES (?) ON CONFLICT DO NOTHING");
        this.find = schema.in("SELECT result FROM {schema}.step_receipts WHERE key = ?");
        this.complete = schema.in("UPDATE {schema}.step_receipts SET result = ? WHERE key = ?");
        this.remove = schema.in("DELETE FROM {schema}.step_receipts WHERE key = ANY (?)");
    }

    @Override
    public Class<Connection> transaction() {
        return Connection.class;
    }

    @Override
    public Optional<String> once(Claim claim, Work<Connection> work) throws Exception {
        try (var transaction = connections.begin()) {
            var connection = transaction.connection();
            if (update(connection, insert, claim.key()) == 0) {
                return result(connection, claim.key());
            }
            if (within.apply(connection).streamVersion(claim.journal()) != claim.version()) {
                return Optional.empty();
            }
            var result = work.in(transaction.lend());
            update(connection, complete, result, claim.key());
            transaction.commit();
            return Optional.of(result);
        }
    }

    /** The result of whoever was first; it may be gone by now, when the step stands in the journal. */
    private Optional<String> result(Connection connection, String key) throws SQLException {
        try (var statement = connection.prepareStatement(find)) {
            Parameters.of(key).bind(statement);
            try (var rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
            }
        }
    }

    @Override
    public void forget(Collection<String> keys, Connection transaction) throws SQLException {
        update(transaction, remove, (Object) keys.toArray(new String[0]));
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            Parameters.of(values).bind(statement);
            return statement.executeUpdate();
        }
    }
}
