package dev.headwater.postgres.delivery;

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

    private final Connection connection;
    private final Connection lent;
    private final String subscription;
    private final DeadLetterTable letters;
    private final EffectTable effects;
    private final List<Letter> parked = new ArrayList<>();
    private final List<Long> done = new ArrayList<>();

    HandlerTransaction(Connection connection, String subscription, DeadLetterTable letters, EffectTable effects) {
        this.connection = connection;
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
    public void attempt(Part<Connection> part) throws Exception {
        var before = connection.setSavepoint();
        try {
            part.in(lent);
            connection.releaseSavepoint(before);
        } catch (Exception | Error e) {
            try {
                connection.rollback(before);
            } catch (SQLException broken) {
                e.addSuppressed(broken);
                throw new BrokenTransactionException(
                        "A handler of '" + subscription + "' failed and left its transaction unusable: "
                                + SqlErrors.reason(broken),
                        e);
            }
            throw e;
        }
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

    /** Writes what was parked and forgotten; the last thing before the commit. */
    void writeLetters() throws SQLException {
        letters.park(connection, subscription, parked);
        effects.forget(connection, subscription, done);
    }
}
