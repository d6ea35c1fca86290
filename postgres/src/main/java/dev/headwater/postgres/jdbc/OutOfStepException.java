package dev.headwater.postgres.jdbc;

import java.sql.SQLException;

/**
 * An answer belongs to another question than the one that was asked, so nothing that came over the connection can be
 * believed: it is lost.
 */
public final class OutOfStepException extends SQLException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public OutOfStepException() {
        super("The connection gave the answer to another call, and is given up", "08P01");
    }
}
