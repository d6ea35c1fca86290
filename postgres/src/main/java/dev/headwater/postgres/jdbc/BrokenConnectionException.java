package dev.headwater.postgres.jdbc;

import java.sql.SQLException;

/** A connection fresh from the pool that is of no use; nothing was sent on it. */
final class BrokenConnectionException extends SQLException {

    private static final long serialVersionUID = 1L;

    BrokenConnectionException(String reason) {
        super("The connection cannot be used: " + reason, "08003");
    }

    BrokenConnectionException(SQLException cause) {
        super("The connection cannot be used: " + SqlErrors.reason(cause), "08003", cause);
    }
}
