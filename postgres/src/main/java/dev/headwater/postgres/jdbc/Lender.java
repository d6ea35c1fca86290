package dev.headwater.postgres.jdbc;

import dev.headwater.postgres.failure.PostgresException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * A data source whose connections are used only when no transaction runs on them: one that does is somebody else's, and
 * whatever happened on it would commit or break their work.
 *
 * <p>The driver knows of a transaction once a statement was sent. Before that it shows only in auto-commit mode being
 * off, where the data source usually has it on.
 */
public final class Lender implements ConnectionSource {

    private final DataSource source;
    private final boolean autoCommit;

    /**
     * Lends connections of this data source.
     *
     * @param autoCommit whether the data source gives out connections in auto-commit mode
     */
    public Lender(DataSource source, boolean autoCommit) {
        this.source = source;
        this.autoCommit = autoCommit;
    }

    @Override
    public Connection connect() throws SQLException {
        var connection = source.getConnection();
        try {
            requireFree(connection);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private void requireFree(Connection connection) throws SQLException {
        if ((autoCommit && !connection.getAutoCommit())
                || connection.unwrap(BaseConnection.class).getTransactionState() != TransactionState.IDLE) {
            throw new PostgresException(
                    "The data source gave out a connection inside of a transaction that is not the store's: nothing was"
                            + " done. Open the database on the pool itself, not on a proxy that gives out the connection"
                            + " of the running transaction (as Spring's TransactionAwareDataSourceProxy does); to append"
                            + " in a transaction of your own, call eventStorage().within(connection)",
                    null);
        }
    }
}
