package dev.headwater.postgres.delivery;

import dev.headwater.postgres.jdbc.Connections;
import dev.headwater.postgres.jdbc.LentConnection;
import dev.headwater.postgres.jdbc.SqlErrors;
import dev.headwater.subscription.DeadLetter;
import dev.headwater.subscription.spi.BrokenTransactionException;
import dev.headwater.subscription.spi.Letter;
import dev.headwater.subscription.spi.PageTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The transaction of one page: what handlers write, the letters of those that failed, and the checkpoint. */
final class HandlerTransaction implements PageTransaction<Connection> {

    private final Connections.Transaction transaction;
    private final Connection connection;
    private final Connection lent;
    private final String subscription;
    private final DeadLetterTable letters;
    private final EffectTable effects;
    private final List<Letter> parked = new ArrayList<>();
    private final List<Long> done = new ArrayList<>();

    HandlerTransaction(
            Connections.Transaction transaction, String subscription, DeadLetterTable letters, EffectTable effects) {
        this.transaction = transaction;
        this.connection = transaction.connection();
        this.lent = LentConnection.of(connection);
        this.subscription = subscription;
        this.letters = letters;
        this.effects = effects;
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
                connection.releaseSavepoint(before);
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
        return letters.settle(connection, letter);
    }

    @Override
    public void forgetEffects(long position) {
        done.add(position);
    }

    @Override
    public void commit() throws SQLException {
        letters.park(connection, subscription, parked);
        effects.forget(connection, subscription, done);
        transaction.commit();
    }

    @Override
    public void close() {
        try {
            transaction.close();
        } catch (SQLException e) {
            throw SqlErrors.failed("Ending a transaction of '" + subscription + "'", e);
        }
    }
}
