package dev.headwater.postgres.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** Where a connection comes from that is closed by whoever asked for it. */
@FunctionalInterface
public interface ConnectionSource {

    /** How long the longest wait for a connection may be, as far as anybody knows. */
    Duration UNKNOWN_WAIT = Duration.ofDays(1000);

    /** Gives out a connection. */
    Connection connect() throws SQLException;

    /** The longest time after which {@link #connect} has a connection or gives up. */
    default Duration longestWait() {
        return UNKNOWN_WAIT;
    }
}
