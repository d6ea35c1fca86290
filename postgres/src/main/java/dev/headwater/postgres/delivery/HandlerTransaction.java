package dev.headwater.postgres.delivery;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.LentConnection;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.spi.BrokenTransactionException;
import dev.headwater.subscription.spi.Holding;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The transaction of one page: what handlers write, the letters of those that failed, and the checkpoint. */
final class HandlerTransaction implements PageTransaction<Connection> {

    private static final String NO_SUCH_SAVEPOINT = "3B001";

    private final Connections.Transaction transaction;
    private final Connection connection;
    private final Connection lent;
    private final String subscription;
    private final Holding moved;
    private final DeliveryTables tables;
    private final List<Letter> parked = new ArrayList<>();
    private final List<Long> done = new ArrayList<>();

    HandlerTransaction(Connections.Transaction transaction, String subscription, Holding moved, DeliveryTables tables) {
        this.transaction = transaction;
        this.connection = transaction.connection();
        this.lent = LentConnection.of(connection);
        this.subscription = subscription;
        this.moved = moved;
        this.tables = tables;
    }

    @Override
    public Connection transaction() {
        return lent;
    }

    @Override
    public Mark mark() throws SQLException {
        var before = connection.setSavepoint();
        return new Mark() {
            @Override
            public void keep() throws SQLException {
                try {
                    connection.releaseSavepoint(before);
                } catch (SQLException e) {
                    if (SqlErrors.state(e).equals(NO_SUCH_SAVEPOINT)) {
                        throw ended(e);
                    }
                    throw e;
                }
            }

            @Override
            public void undo(Throwable failure) {
                try {
                    connection.rollback(before);
                } catch (SQLException broken) {
                    failure.addSuppressed(broken);
                    throw new BrokenTransactionException(
                            "A handler of '" + subscription + "' failed and left its transaction unusable: "
                                    + SqlErrors.reason(broken),
                            failure);
                }
            }
        };
    }

    @Override
    public void park(Letter letter) {
        parked.add(letter);
    }

    @Override
    public boolean settle(DeadLetter letter) throws SQLException {
        return tables.letters().settle(connection, letter);
    }

    @Override
    public void forgetEffects(long position) {
        done.add(position);
    }

    /** What is written here comes last, so whatever has ended the transaction before is found out. */
    @Override
    public void commit() throws SQLException {
        try {
            tables.letters().park(connection, subscription, parked);
            tables.effects().forget(connection, subscription, done);
            tables.checkpoints().appendAndCommit(connection, subscription, moved);
            transaction.committed();
        } catch (SQLException e) {
            if (CheckpointTable.tellsOfAnEnd(e)) {
                throw ended(e);
            }
            if (SqlErrors.isOutOfTime(e)) {
                throw SqlErrors.failed("Moving the checkpoints of '" + subscription + "'", e);
            }
            throw e;
        }
    }

    private BrokenTransactionException ended(SQLException cause) {
        return new BrokenTransactionException(
                "A handler of '" + subscription + "' ended the transaction of its subscription with a COMMIT or"
                        + " ROLLBACK of its own, so effect and checkpoint are torn apart: what it wrote before a"
                        + " COMMIT is stored, and the checkpoint is not. Only the subscription ends it; use a"
                        + " savepoint, or a connection of your own",
                cause);
    }

    @Override
    public void abort() {
        try {
            transaction.abort();
        } catch (SQLException e) {
            throw SqlErrors.failed("Breaking off a transaction of '" + subscription + "'", e);
        }
    }

    @Override
    public void close() {
        transaction.close();
    }
}
