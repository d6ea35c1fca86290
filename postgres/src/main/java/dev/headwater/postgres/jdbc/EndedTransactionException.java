package dev.headwater.postgres.jdbc;

import java.sql.SQLException;

/** Code that was lent the connection of a transaction has ended it, which is not for it to do. */
public final class EndedTransactionException extends SQLException {

    /** What stands in the error of a statement that finds itself in another transaction. */
    static final String SIGN = "the transaction was ended, this is ";

    private static final long serialVersionUID = 1L;

    private final boolean isCommitted;

    /**
     * Creates the exception.
     *
     * @param isCommitted whether what was written before is stored
     */
    public EndedTransactionException(boolean isCommitted, Throwable cause) {
        super(
                (isCommitted
                                ? "A handler committed the transaction that it was lent, so what was written up to there"
                                        + " is stored, and the rest is not"
                                : "A handler rolled back the transaction that it was lent, so nothing of it was stored")
                        + ": only its owner ends it; use a savepoint, or a connection of your own",
                "25000",
                cause);
        this.isCommitted = isCommitted;
    }

    /** Whether what was written before the transaction was ended is stored. */
    public boolean isCommitted() {
        return isCommitted;
    }

    static boolean isToldBy(SQLException e) {
        return SqlErrors.isAnswer(e)
                && SqlErrors.state(e).equals("22P02")
                && SqlErrors.reason(e).contains(SIGN);
    }
}
